package source

import (
	"cmp"
	"io"
	"slices"
)

// extent is where a tensor's bytes lie, counted from the start of the data.
type extent struct {
	name       string
	start, end int64
}

// placeTensors finds where each tensor lies, in a file of size bytes whose
// header ends at byte end, and checks that none leaves the file or meets
// another. The data starts at the next multiple of the alignment.
func placeTensors(f io.ReaderAt, size, end int64, infos []ggufInfo, meta metadata) (map[string]blob, error) {
	fields := fields{meta: meta}
	align := int64(fields.integer("general.alignment", 32))
	if fields.err != nil {
		return nil, fields.err
	}
	if align < 1 || align > 1<<20 || align&(align-1) != 0 {
		return nil, corrupt("alignment %d; expected a power of two up to 2^20", align)
	}
	start := (end + align - 1) / align * align
	blobs, extents := make(map[string]blob, len(infos)), make([]extent, 0, len(infos))
	for _, t := range infos {
		enc, err := ggufType(t.name, t.kind)
		if err != nil {
			return nil, err
		}
		x, err := t.extent(enc, align, size-start)
		if err != nil {
			return nil, err
		}
		if _, double := blobs[t.name]; double {
			return nil, corrupt("tensor %q is there twice", t.name)
		}
		blobs[t.name] = blob{t.name, enc, t.shape, f, start + x.start}
		extents = append(extents, x)
	}
	return blobs, checkOverlap(extents)
}

// extent checks t against the length of the data.
func (t ggufInfo) extent(enc encoding, align, data int64) (extent, error) {
	n, ok := volume(t.shape)
	if row := t.shape[len(t.shape)-1]; !ok || row%enc.block != 0 {
		return extent{}, corrupt("tensor %q of type %s has shape %v; expected rows of whole blocks of %d",
			t.name, enc.name, t.shape, enc.block)
	}
	if t.offset%uint64(align) != 0 {
		return extent{}, corrupt("tensor %q lies at byte %d of the data; expected a multiple of %d", t.name, t.offset, align)
	}
	length := int64(n/enc.block) * int64(enc.bytes)
	if data < length || t.offset > uint64(data-length) {
		return extent{}, corrupt("tensor %q has %d bytes at byte %d of %d bytes of data: the file is cut short",
			t.name, length, t.offset, max(data, 0))
	}
	return extent{t.name, int64(t.offset), int64(t.offset) + length}, nil
}

func checkOverlap(extents []extent) error {
	slices.SortFunc(extents, func(a, b extent) int {
		return cmp.Or(cmp.Compare(a.start, b.start), cmp.Compare(a.end, b.end))
	})
	for i := 1; i < len(extents); i++ {
		if a, b := extents[i-1], extents[i]; b.start < a.end {
			return corrupt("tensor %q starts at byte %d of the data; tensor %q ends at %d", b.name, b.start, a.name, a.end)
		}
	}
	return nil
}
