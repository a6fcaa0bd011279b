package llama

import (
	"crypto/sha256"
	"encoding/binary"
	"unsafe"

	"fold.example/fold/internal/kernel"
)

// part is one array of a weights file: where its slice is kept in the model,
// and how many elements it has. A section of the file is a list of parts, and
// this list is the only description of its layout.
type part struct {
	slice any // *[]int8, *[]byte, *[]int16, *[]uint16 or *[]int64
	n     int
}

// parts lists the arrays of the tables.
func (t *Tables) parts(c Config) (parts []part) {
	for i := range c.Architecture().Tables {
		table := &c.Architecture().Tables[i]
		parts = append(parts, part{table.Entries(t), table.Len(c)})
	}
	return parts
}

// parts lists the arrays of a layer: the gains of a ternary model, then the matrices, each
// followed by its bias if it has one.
func (l *Layer) parts(c Config) (parts []part) {
	a := c.Architecture()
	if _, ok := l.Q.Matrix.(*kernel.Ternary); ok {
		for w := range a.Norms() {
			gain, _ := w.Gain(l)
			parts = append(parts, part{gain, w.Cols.Size(c)})
		}
	}
	for w := range a.Matrices() {
		parts = append(parts, matrixParts(w.Linear(l).Matrix)...)
		if a.Bias(w.Kind) != nil {
			parts = append(parts, part{&w.Linear(l).Bias, w.Rows.Size(c)})
		}
	}
	return parts
}

// matrixParts lists the arrays of a matrix: the data, and of W8 the multipliers.
func matrixParts(m kernel.Matrix) []part {
	switch m := m.(type) {
	case *kernel.W16:
		return []part{{&m.Data, m.Rows * m.Cols}}
	case *kernel.W8:
		return []part{{&m.Data, m.Rows * m.Cols}, {&m.Mul, m.Rows * m.Groups()}}
	case *kernel.Ternary:
		return []part{{&m.Data, m.Rows * m.Stride()}}
	}
	return nil
}

// newMatrix returns a matrix without its data.
func newMatrix(scheme Scheme, rows, cols int) kernel.Matrix {
	switch scheme {
	case W8:
		return &kernel.W8{Rows: rows, Cols: cols}
	case Ternary:
		return &kernel.Ternary{Rows: rows, Cols: cols}
	}
	return &kernel.W16{Rows: rows, Cols: cols}
}

// size returns the number of bytes in the file.
func (p part) size() int64 {
	switch p.slice.(type) {
	case *[]int16, *[]uint16:
		return 2 * int64(p.n)
	case *[]int64:
		return 8 * int64(p.n)
	}
	return int64(p.n)
}

// encode returns the bytes of the part in the file, little-endian. On a little-endian machine,
// entries of 8 and 16 bits are not copied.
func (p part) encode() []byte {
	switch s := p.slice.(type) {
	case *[]int8:
		return view[byte](*s)
	case *[]byte:
		return *s
	case *[]int16:
		return encode16(view[uint16](*s))
	case *[]uint16:
		return encode16(*s)
	case *[]int64:
		data := make([]byte, 0, 8*len(*s))
		for _, x := range *s {
			data = binary.LittleEndian.AppendUint64(data, uint64(x))
		}
		return data
	}
	return nil
}

// decode sets the slice to the part's bytes in the file. It copies entries of 64 bits, and
// entries of 16 bits if the machine is big-endian or the bytes are not aligned.
func (p part) decode(data []byte) {
	switch s := p.slice.(type) {
	case *[]int8:
		*s = view[int8](data)
	case *[]byte:
		*s = data
	case *[]int16:
		*s = view[int16](decode16(data))
	case *[]uint16:
		*s = decode16(data)
	case *[]int64:
		*s = make([]int64, len(data)/8)
		for i := range *s {
			(*s)[i] = int64(binary.LittleEndian.Uint64(data[8*i:]))
		}
	}
}

var littleEndian = binary.NativeEndian.Uint16([]byte{1, 0}) == 1

func encode16(v []uint16) []byte {
	if littleEndian {
		return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(v))), 2*len(v))
	}
	data := make([]byte, 0, 2*len(v))
	for _, x := range v {
		data = binary.LittleEndian.AppendUint16(data, x)
	}
	return data
}

func decode16(data []byte) []uint16 {
	first := unsafe.Pointer(unsafe.SliceData(data))
	if littleEndian && uintptr(first)%2 == 0 {
		return unsafe.Slice((*uint16)(first), len(data)/2)
	}
	v := make([]uint16, len(data)/2)
	for i := range v {
		v[i] = binary.LittleEndian.Uint16(data[2*i:])
	}
	return v
}

// view returns the memory of a slice as a slice of another type of the same size.
func view[To, From int8 | byte | int16 | uint16](v []From) []To {
	return unsafe.Slice((*To)(unsafe.Pointer(unsafe.SliceData(v))), len(v))
}

// digest returns the digest of a section: the SHA-256 of the SHA-256 of each part.
func digest(parts []part) [sha256.Size]byte {
	h := sha256.New()
	for _, p := range parts {
		sum := sha256.Sum256(p.encode())
		h.Write(sum[:])
	}
	return [sha256.Size]byte(h.Sum(nil))
}

// section is a run of parts that is checked as a whole.
type section struct {
	name  string
	parts []part
}

// sections lists a model's sections in the order of the file: the tables, the
// embedding, the layers, the head. The slices may still be empty.
func (m *Model) sections() []section {
	c := m.Config
	list := []section{
		{"tables", m.Tables.parts(c)},
		{"embedding", []part{{&m.Embedding, c.Vocab * c.Dim}}},
	}
	for i := range m.Layers {
		list = append(list, section{layerName(i), m.Layers[i].parts(c)})
	}
	return append(list, section{"head", matrixParts(m.Head.Matrix)})
}

// Indices of Model.sections.
const (
	tablesSection = iota
	embeddingSection
	firstLayerSection
)

const (
	headerSize = 64
	alignment  = 64 // of each part
)

// fileSize returns the size of the weights file with these sections.
func fileSize(sections []section) int64 {
	end := int64(headerSize)
	for _, s := range sections {
		for _, p := range s.parts {
			end = aligned(end) + p.size()
		}
	}
	return end
}

func aligned(offset int64) int64 { return (offset + alignment - 1) / alignment * alignment }
