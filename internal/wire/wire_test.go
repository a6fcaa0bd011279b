package wire

import (
	"bytes"
	"encoding/binary"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"fold.example/fold/internal/fault"
)

// sample has a field of each kind.
type sample struct {
	bits, little int
	big          uint64
	flag         bool
	digest       [32]byte
	list         []int
	text, low    []byte
	even         uint16
	rest         []byte
}

func (s *sample) code(c *Coder) {
	c.Magic("sample\x00")
	c.Version("version", 2, 1)
	c.Int("bits", &s.bits, 1, 3, 28)
	c.IntLE("little", &s.little, 4, 0, 1<<20)
	c.Uint64(&s.big)
	c.Bool("flag", &s.flag)
	c.Raw(s.digest[:])
	n := len(s.list)
	if c.Count("entries", &n, 2, 1000, 3); c.Reading() {
		s.list = make([]int, n)
	}
	for i := range s.list {
		c.Int("entry", &s.list[i], 3, 0, 1<<24-1)
	}
	c.Part("text", &s.text, 100)
	c.PartLE("low", &s.low, 100)
	Item(c, "even number", &s.even, 2, binary.BigEndian.AppendUint16, func(v *uint16, b []byte) error {
		if *v = binary.BigEndian.Uint16(b); *v == 0xffff {
			return errors.New("not a number")
		}
		*v &^= 1
		return nil
	})
	c.Rest(&s.rest)
}

func filled() *sample {
	return &sample{
		bits: 7, little: 66051, big: 1 << 63, flag: true, digest: [32]byte{9}, list: []int{1, 1 << 23},
		text: []byte("abc"), low: []byte("de"), even: 4, rest: []byte("the rest"),
	}
}

// The encoding is fixed, and a reader reads what a writer writes.
func TestRoundTrip(t *testing.T) {
	want := filled()
	data := Encode(want.code)
	require.Equal(t, "sample\x00\x02\x07\x03\x02\x01\x00\x80\x00\x00\x00\x00\x00\x00\x00\x01\x09", string(data[:23]))
	require.Equal(t, "\x00\x02\x00\x00\x01\x80\x00\x00\x00\x00\x00\x03abc\x02\x00\x00\x00de\x00\x04the rest",
		string(data[54:]))
	got := &sample{}
	require.NoError(t, Decode(data, got.code))
	require.Equal(t, want, got)
}

// Bytes truncated anywhere before the rest are rejected, and nothing is read after that.
func TestCut(t *testing.T) {
	s := filled()
	s.rest = nil
	data := Encode(s.code)
	for n := range data {
		got := &sample{}
		require.ErrorIs(t, Decode(data[:n], got.code), ErrShort, "cut to %d bytes", n)
	}
}

// Bytes that no writer writes are rejected, with an error that says what was found and what
// was expected.
func TestRefused(t *testing.T) {
	for _, c := range []struct {
		name, text string
		at         int
		to         byte
	}{
		{"magic", `it begins with "Sample\x00", expected "sample\x00"`, 0, 'S'},
		{"version", "another version of the format: version: found version 1, expected version 2", 7, 1},
		{"too low", "bits: found 2, expected 3 to 28", 8, 2},
		{"too high", "bits: found 29, expected 3 to 28", 8, 29},
		{"little-endian", "little: found 16843267, expected 0 to 1048576", 12, 1},
		{"flag", "flag: found 3, expected 0 to 1", 21, 3},
		{"entries", "it ends early: entries: found 258, which take at least 3 bytes each, 29 bytes are left", 54, 1},
		{"length", "it ends early: text: found 67, which take at least 1 bytes each, 19 bytes are left", 65, 67},
		{"odd", "even number: written in another way than the one", 76, 5},
	} {
		data := Encode(filled().code)
		data[c.at] = c.to
		require.EqualError(t, Decode(data, (&sample{}).code), c.text, c.name)
	}
	data := Encode(filled().code)
	data[75], data[76] = 255, 255
	require.EqualError(t, Decode(data, (&sample{}).code), "even number: not a number")
}

// The first error is kept, later values are unchanged, and remaining bytes are an error.
func TestErrorIsSticky(t *testing.T) {
	c, n, first := NewReader([]byte{1, 2, 3}), 7, errors.New("first")
	c.Fail(nil)
	c.Fail(first)
	c.Fail(errors.New("second"))
	c.Int("n", &n, 1, 0, 255)
	c.Uint64(new(uint64))
	require.Equal(t, 7, n)
	require.Equal(t, first, c.End())
	require.False(t, c.Reading())
	require.Zero(t, c.Left())
	require.EqualError(t, Decode([]byte{1, 2, 3}, func(c *Coder) { c.Int("n", &n, 1, 0, 255) }), "2 bytes too many")
	require.Equal(t, 1, n)
}

// A reader accepts only what a writer writes.
func FuzzDecode(f *testing.F) {
	f.Add(Encode(filled().code))
	f.Add([]byte("sample\x00\x02\x07"))
	f.Fuzz(func(t *testing.T, data []byte) {
		s := &sample{}
		if Decode(data, s.code) == nil && !bytes.Equal(Encode(s.code), data) {
			t.Fatalf("%x is written %x", data, Encode(s.code))
		}
	})
}

// Another version has the class of another format: the bytes are not damaged.
func TestOtherVersion(t *testing.T) {
	err := Decode([]byte{3}, func(c *Coder) { c.Version("a thing", 2, 1) })
	require.ErrorIs(t, err, ErrVersion)
	require.ErrorIs(t, err, fault.ErrFormat)
	require.ErrorContains(t, err, "a thing: found version 3, expected version 2")
	require.NoError(t, Decode([]byte{0, 0, 0, 2}, func(c *Coder) { c.Version("a thing", 2, 4) }))
	require.ErrorIs(t, Decode(nil, func(c *Coder) { c.Version("a thing", 2, 1) }), ErrShort)
}

// TestNoNumberIsAllowed: a range without a number is an error of the reader, whatever the
// bytes.
func TestNoNumberIsAllowed(t *testing.T) {
	for _, code := range []func(*Coder, string, *int, int, int, int){(*Coder).Int, (*Coder).IntLE} {
		for _, high := range []int{-1, 4} {
			x := 7
			c := NewReader([]byte{0, 0, 0, 5})
			code(c, "count", &x, 4, 5, high)
			require.ErrorContains(t, c.End(), "count: no number is allowed")
			require.Equal(t, 7, x)
		}
	}
}
