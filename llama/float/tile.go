package float

//go:generate go run ./asm -out tile_amd64.s -stubs tile_amd64.go -pkg float

// A tile of the product is tileTokens tokens by panelRows outputs.
const (
	tileTokens = 4
	panelRows  = 32
)

// tileFunc adds, to tileTokens rows of y, the products of as many rows of x
// with the first n columns of a panel. Strides are in bytes and may be zero:
// then one and the same row is computed tileTokens times.
type tileFunc func(n int, x *float32, xStride int, w *float32, y *float32, yStride int)
