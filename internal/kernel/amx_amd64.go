package kernel

import "github.com/klauspost/cpuid/v2"

// tiled selects the AMX kernels for the products of bytes. It is a variable because tests
// run the kernels with and without it.
var tiled = vectorised && cpuid.CPU.Supports(cpuid.AMXTILE, cpuid.AMXINT8) && requestTiles()
