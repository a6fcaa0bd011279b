//go:build !linux

package kernel

// requestTiles returns false: this package does not know how other systems grant the tile
// registers.
func requestTiles() bool { return false }
