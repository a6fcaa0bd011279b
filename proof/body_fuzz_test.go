package proof

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"

	"fold.example/fold/internal/wire"
)

// FuzzProofBody: a body that decodes encodes to the same bytes.
func FuzzProofBody(f *testing.F) {
	k, data := demo(f)
	p, err := Decode(k, data)
	require.NoError(f, err)
	w := wire.NewWriter(nil)
	p.Body.Code(w)
	f.Add(w.Bytes())
	f.Add(w.Bytes()[:len(w.Bytes())/2])
	blank := k.BlankBody()
	w = wire.NewWriter(nil)
	blank.Code(w)
	f.Add(w.Bytes())
	f.Fuzz(func(t *testing.T, data []byte) {
		b, c := k.BlankBody(), wire.NewReader(data)
		if b.Code(c); c.Err() != nil {
			return
		}
		again := wire.NewWriter(nil)
		b.Code(again)
		require.True(t, bytes.Equal(data, append(again.Bytes(), c.Bytes()...)))
		require.Len(t, b.SpartanClaims(), len(b.Claims))
	})
}
