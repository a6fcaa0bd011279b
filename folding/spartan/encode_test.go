package spartan

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"

	"fold.example/fold/internal/curve"
	"fold.example/fold/internal/kernel"
)

// tiny is the smallest world with all parts: its proofs have few bytes.
func tiny(t testing.TB) *world {
	return newWorld(t, 3, size{3, 1, 2, 2}, size{2, 1, 2, 2}, 1)
}

// accepts decodes and verifies.
func (w *world) accepts(data []byte) error {
	p, err := Decode(w.key.Verifier(), w.s.Claims, data)
	if err != nil {
		return err
	}
	return Verify(w.key.Verifier(), &w.s, p)
}

// TestEveryElementCounts: a proof with a bit of any element altered is refused. TestEveryByteCounts,
// with the tag slow, alters every byte.
func TestEveryElementCounts(t *testing.T) { bytesCount(t, 7) }

// bytesCount alters a bit of every byte whose place is a multiple of a stride.
func bytesCount(t *testing.T, stride int) {
	t.Helper()
	w := tiny(t)
	proof := w.prove(t, 1).Encode()
	require.NoError(t, w.accepts(proof))
	failed := make([]error, (len(proof)+stride-1)/stride)
	kernel.For(len(failed), 16, func(lo, hi int) {
		forged := bytes.Clone(proof)
		for i := lo; i < hi; i++ {
			flip := byte(1) << (i * 5 % 8)
			forged[i*stride] ^= flip
			failed[i] = w.accepts(forged)
			forged[i*stride] ^= flip
		}
	})
	for i, err := range failed {
		require.True(t, isOneOf(err, ErrEncoding, ErrRejected), "byte %d: %v", i*stride, err)
	}
}

// Lengths are fixed, and elements have to be below their modulus.
func TestOneEncodingAlone(t *testing.T) {
	w := tiny(t)
	proof := w.prove(t, 1).Encode()
	for _, n := range []int{0, 1, len(proof) - 32, len(proof) - 1, len(proof) + 1, len(proof) + 32} {
		data := make([]byte, n)
		copy(data, proof)
		require.ErrorIs(t, w.accepts(data), ErrEncoding, "%d bytes of %d", n, len(proof))
	}
	for at := 0; at < len(proof); at += curve.ElementSize {
		data := bytes.Clone(proof)
		for i := range curve.ElementSize {
			data[at+i] = 0xff
		}
		require.ErrorIs(t, w.accepts(data), ErrEncoding, "the element at byte %d is no element", at)
	}
	// a statement with a larger claim has longer proofs
	w.s.Claims[0].Point = append(w.s.Claims[0].Point, make([]frElement, 10)...)
	require.ErrorIs(t, w.accepts(proof), ErrEncoding)
}

func FuzzDecode(f *testing.F) {
	w := tiny(f)
	proof := w.prove(f, 1).Encode()
	f.Add(proof)
	f.Add(proof[1:])
	f.Add(make([]byte, len(proof)))
	infinity := bytes.Clone(proof)
	infinity[0] = 0x40
	clear(infinity[1:curve.ElementSize])
	f.Add(infinity)
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := Decode(w.key.Verifier(), w.s.Claims, data)
		if err != nil {
			require.ErrorIs(t, err, ErrEncoding)
			return
		}
		require.Equal(t, data, p.Encode(), "one encoding of each proof")
		if err := Verify(w.key.Verifier(), &w.s, p); !bytes.Equal(data, proof) {
			require.ErrorIs(t, err, ErrRejected)
		}
	})
}
