package kernel

// GroupSize is the number of consecutive columns of a W8 matrix that share a multiplier. A
// row's last group may be shorter.
const GroupSize = 32

// Matrix is a matrix of small integers: the effective weights M[y,k] of a linear map
// y = M x with Rows outputs and Cols inputs, row-major. It is one of *W16, *W8 and
// *Ternary. Nothing may change a matrix while it is in use.
type Matrix interface {
	// Dims returns the number of rows (outputs) and of columns (inputs).
	Dims() (rows, cols int)
	// At returns the effective weight of row y, column k: a 16-bit integer, or for W8 an
	// integer of magnitude below 2^17.
	At(y, k int) int32
}

// W16 is a matrix of 16-bit integers.
type W16 struct {
	Rows, Cols int     // outputs, inputs
	Data       []int16 // [Rows][Cols]
}

// W8 is a matrix of bytes with a multiplier for each row and group of columns: M[y,k] =
// Mul[y][k/GroupSize] * Data[y][k].
type W8 struct {
	Rows, Cols int      // outputs, inputs
	Data       []int8   // [Rows][Cols], in [-127, 127]
	Mul        []uint16 // [Rows][Groups()], in [1, 1023]
}

// Ternary is a matrix with entries -1, 0 and 1 times one multiplier. A byte holds five
// digits along a row: digit i of byte b is (b / 3^i) mod 3, minus one. Each row starts at a
// new byte. Digits past the last column are zero, encoded as 1.
type Ternary struct {
	Rows, Cols int    // outputs, inputs
	Mul        int32  // in [1, 32767]
	Data       []byte // [Rows][Stride()], each below 243
}

// Groups returns the number of multipliers in a row.
func (m *W8) Groups() int { return (m.Cols + GroupSize - 1) / GroupSize }

// Stride returns the number of bytes in a row.
func (m *Ternary) Stride() int { return (m.Cols + 4) / 5 }

// Dims returns Rows and Cols.
func (m *W16) Dims() (rows, cols int) { return m.Rows, m.Cols }

// Dims returns Rows and Cols.
func (m *W8) Dims() (rows, cols int) { return m.Rows, m.Cols }

// Dims returns Rows and Cols.
func (m *Ternary) Dims() (rows, cols int) { return m.Rows, m.Cols }

// At returns the weight of row y, column k, a 16-bit integer.
func (m *W16) At(y, k int) int32 { return int32(m.Data[y*m.Cols+k]) }

// At returns the weight of row y, column k, multiplied by its group's multiplier.
func (m *W8) At(y, k int) int32 {
	return int32(m.Mul[y*m.Groups()+k/GroupSize]) * int32(m.Data[y*m.Cols+k])
}

// At returns the ternary digit of row y, column k, times Mul.
func (m *Ternary) At(y, k int) int32 {
	b := m.Data[y*m.Stride()+k/5]
	for range k % 5 {
		b /= 3
	}
	return m.Mul * (int32(b%3) - 1)
}
