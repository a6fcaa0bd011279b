//go:build !linux

package kernel

// requestTiles returns false: requesting the tile registers is implemented for Linux only.
func requestTiles() bool { return false }
