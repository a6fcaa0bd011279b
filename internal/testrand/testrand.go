// Package testrand provides random numbers that are the same in every run of a test.
package testrand

import (
	"crypto/rand"
	"io"
	mathrand "math/rand/v2"
	"sync"
)

// source is a stream that is safe for concurrent use.
type source struct {
	sync.Mutex
	*mathrand.ChaCha8
}

func (s *source) Read(b []byte) (int, error) {
	s.Lock()
	defer s.Unlock()
	return s.ChaCha8.Read(b)
}

// Reader returns a stream of bytes determined by the seed. It is safe for concurrent use.
func Reader(seed byte) io.Reader {
	return &source{ChaCha8: mathrand.NewChaCha8([32]byte{seed})}
}

// Secrets calls f while crypto/rand returns bytes determined by the seed, for goldens that
// depend on blinding factors. Nothing else may draw secrets during the call.
func Secrets(seed byte, f func()) {
	before := rand.Reader
	rand.Reader = Reader(seed)
	defer func() { rand.Reader = before }()
	f()
}
