package proof

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/consensys/gnark-crypto/ecc/grumpkin"
	fq "github.com/consensys/gnark-crypto/ecc/grumpkin/fr"
	"github.com/stretchr/testify/require"
)

// textReader reads a proof by the table of SPEC.md, line by line. It shares no code with the
// encoder.
type textReader struct {
	t    *testing.T
	data []byte
}

func (r *textReader) take(n int) []byte {
	require.GreaterOrEqual(r.t, len(r.data), n)
	b := r.data[:n]
	r.data = r.data[n:]
	return b
}

func (r *textReader) number(size int) int {
	return int(binary.BigEndian.Uint64(append(make([]byte, 8-size), r.take(size)...)))
}

func (r *textReader) fr() (e fr.Element) {
	require.NoError(r.t, e.SetBytesCanonical(r.take(32)))
	return e
}

func (r *textReader) fq() (e fq.Element) {
	require.NoError(r.t, e.SetBytesCanonical(r.take(32)))
	return e
}

func (r *textReader) g1() (p bn254.G1Affine) {
	_, err := p.SetBytes(r.take(32))
	require.NoError(r.t, err)
	return p
}

func (r *textReader) grumpkin() (p grumpkin.G1Affine) {
	_, err := p.SetBytes(r.take(32))
	require.NoError(r.t, err)
	return p
}

// TestFormatIsAsWritten reads a proof by SPEC.md and compares its statement.
func TestFormatIsAsWritten(t *testing.T) {
	k, data := demo(t)
	key := vector(t, "demo.proof.vk")
	p, err := Decode(k, data)
	require.NoError(t, err)
	r := &textReader{t, data}

	require.Equal(t, "foldprf\x00", string(r.take(8)))
	require.Equal(t, 3, r.number(1), "version")
	require.Equal(t, 0, r.number(1), "mode: neither is hidden")
	require.Equal(t, 1, r.number(1), "a development key")
	require.Equal(t, k.SRS(), hex.EncodeToString(r.take(32)))
	require.Equal(t, sha256.Sum256(key), [32]byte(r.take(32)))
	require.Equal(t, []fr.Element{p.Model.Constants, p.Model.Body, p.Model.Head}, []fr.Element{r.fr(), r.fr(), r.fr()})
	require.Equal(t, 2, r.number(4), "P")
	require.Equal(t, p.Prompt.Value, r.fr())
	require.Equal(t, 2, r.number(4), "N")
	require.Equal(t, p.Output.Value, r.fr())
	require.Equal(t, "golden", string(r.take(r.number(1))))
	require.Equal(t, 1, r.number(2), "runs of passes")
	require.Equal(t, []int{0, 3}, []int{r.number(1), r.number(4)}, "three passes of one token")
	require.Equal(t, p.Prompt.Tokens, []int{r.number(4), r.number(4)})
	require.Equal(t, p.Output.Tokens, []int{r.number(4), r.number(4)})

	require.Equal(t, p.Steps, uint64(r.number(8)))
	require.Equal(t, []bn254.G1Affine{p.Main.W[0], p.Main.E, p.Fresh, p.Cross},
		[]bn254.G1Affine{r.g1(), r.g1(), r.g1(), r.g1()})
	require.Equal(t, []fr.Element{p.Main.U, p.Main.X[0]}, []fr.Element{r.fr(), r.fr()})
	require.Equal(t, append(p.Cycle.W[:2:2], p.Cycle.E), []grumpkin.G1Affine{r.grumpkin(), r.grumpkin(), r.grumpkin()})
	require.Equal(t, append([]fq.Element{p.Cycle.U}, p.Cycle.X...), []fq.Element{r.fq(), r.fq(), r.fq(), r.fq()})
	const cells, cache, weights = 0, 1, 2 // one size class
	for i, vars := range []int{cells: k.Outline().Cells[0], cache: 8 + 8, weights: k.Outline().Weights} {
		require.Equal(t, p.Claims[i].Commitment, r.g1())
		require.Equal(t, p.Claims[i].Value, r.fr())
		if i == cache { // room for 8 positions; the model's context is 256
			require.Equal(t, make([]byte, 32*(8-3)), r.take(32*(8-3)))
			vars -= 8 - 3
		}
		for j := range vars {
			require.Equal(t, p.Claims[i].Point[j], r.fr())
		}
		require.Len(t, p.Claims[i].Point, vars)
	}
	require.Equal(t, p.SNARK.Encode(), r.data)
	require.Len(t, data, 9_788+len("golden")+2+5+4*4, "as SPEC.md says")
}

// TestSpareCoordinatesAreZero: a coordinate before the cache's point that is not zero is
// refused.
func TestSpareCoordinatesAreZero(t *testing.T) {
	k, data := demo(t)
	p, err := Decode(k, data)
	require.NoError(t, err)
	at := len(p.Statement.Encode()) + 424 + 64 + 32*k.Outline().Cells[0] + 64
	for i := range 5 {
		other := append([]byte{}, data...)
		other[at+32*i+31] = 1
		_, err := Decode(k, other)
		require.ErrorContains(t, err, "more coordinates")
	}
}
