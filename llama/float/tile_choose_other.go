//go:build !amd64

package float

// tiles lists the kernels that this machine can run, fastest first.
func tiles() []tileFunc { return []tileFunc{tileGeneric} }
