//go:build amd64 && !purego

package chord

import "golang.org/x/sys/cpu"

//go:generate go run asm/chord.go -out chord_amd64.s -stubs chord_amd64.go -pkg chord

// Available reports whether the machine has the AVX-512 IFMA instructions.
var Available = cpu.X86.HasAVX512F && cpu.X86.HasAVX512DQ && cpu.X86.HasAVX512IFMA
