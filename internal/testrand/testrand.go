// Package testrand has random numbers that are the same in every run of a test.
package testrand

import (
	"crypto/rand"
	"io"
	mathrand "math/rand/v2"
	"sync"
)

// source is a stream that goroutines may share.
type source struct {
	sync.Mutex
	*mathrand.ChaCha8
}

func (s *source) Read(b []byte) (int, error) {
	s.Lock()
	defer s.Unlock()
	return s.ChaCha8.Read(b)
}

// Reader returns a stream of bytes that the seed determines. Goroutines may share it.
func Reader(seed byte) io.Reader {
	return &source{ChaCha8: mathrand.NewChaCha8([32]byte{seed})}
}

// Secrets calls f with secrets of crypto/rand that the seed determines, for goldens of what
// blinds are drawn for. Nothing else may draw secrets meanwhile.
func Secrets(seed byte, f func()) {
	before := rand.Reader
	rand.Reader = Reader(seed)
	defer func() { rand.Reader = before }()
	f()
}
