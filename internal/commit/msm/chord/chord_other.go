//go:build !amd64 || purego

package chord

import "fold.example/fold/internal/commit/msm/partition"

// Available reports whether the machine has the AVX-512 IFMA instructions.
const Available = false

func forward(*block, *[22]row, *partition.Point, *int32, *uint8, *[5]row, int) {
	panic("chord: not available on this machine")
}

func backward(*block, *[22]row, *partition.Point, *int32, *[5]row, int) {
	panic("chord: not available on this machine")
}
