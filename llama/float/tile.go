package float

//go:generate go run ./asm -out tile_amd64.s -stubs tile_amd64.go -pkg float

// A tile is a part of a product: tileTokens tokens by panelRows outputs.
const (
	tileTokens = 4
	panelRows  = 32
)

// tileFunc adds the products of tileTokens rows of x with the first n columns of a panel
// to tileTokens rows of y. Strides are in bytes. With strides of zero it computes one row
// tileTokens times.
type tileFunc func(n int, x *float32, xStride int, w *float32, y *float32, yStride int)
