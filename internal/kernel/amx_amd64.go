package kernel

import "github.com/klauspost/cpuid/v2"

// tiled selects the AMX kernel for the products of bytes. Like vectorised it is
// a variable for the tests.
var tiled = vectorised && cpuid.CPU.Supports(cpuid.AMXTILE, cpuid.AMXINT8) && requestTiles()
