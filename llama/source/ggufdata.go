package source

import (
	"cmp"
	"io"
	"slices"
)

// extent is the range of a tensor's bytes, counted from the start of the data.
type extent struct {
	name       string
	start, end int64
}

// placeTensors returns the tensors with their places in a file of size bytes whose header
// ends at byte end. It checks that the tensors lie inside the file and fill it. The data
// starts at the next multiple of the alignment.
func placeTensors(f io.ReaderAt, size, end int64, infos []ggufInfo, meta metadata) (map[string]blob, error) {
	align, err := meta.alignment()
	if err != nil {
		return nil, err
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
			return nil, corrupt("tensor %q twice, expected each once", t.name)
		}
		blobs[t.name] = blob{t.name, enc, t.shape, f, start + x.start}
		extents = append(extents, x)
	}
	return blobs, checkLayout(extents, align, size-start)
}

// alignment returns the alignment of the data and of every tensor in it, in bytes. The
// format allows multiples of 8; ggml accepts the powers of two among them.
func (m metadata) alignment() (int64, error) {
	f := fields{meta: m}
	align := int64(f.integer("general.alignment", 32))
	if f.err == nil && (align < 8 || align > 1<<20 || align&(align-1) != 0) {
		f.err = corrupt("general.alignment is %d, expected a power of two from 8 to 2^20", align)
	}
	return align, f.err
}

// extent returns the range of t, which must lie within the data.
func (t ggufInfo) extent(enc encoding, align, data int64) (extent, error) {
	n, ok := volume(t.shape)
	if row := t.shape[len(t.shape)-1]; !ok || row%enc.block != 0 {
		return extent{}, corrupt("tensor %q of type %s has shape %v, expected rows of whole blocks of %d",
			t.name, enc.name, t.shape, enc.block)
	}
	if t.offset%uint64(align) != 0 {
		return extent{}, corrupt("tensor %q lies at byte %d of the data, expected a multiple of %d", t.name, t.offset,
			align)
	}
	length := int64(n/enc.block) * int64(enc.bytes)
	if data < length || t.offset > uint64(data-length) {
		return extent{}, corrupt("tensor %q has %d bytes at byte %d of %d bytes of data: the file is cut short",
			t.name, length, t.offset, max(data, 0))
	}
	return extent{t.name, int64(t.offset), int64(t.offset) + length}, nil
}

// checkLayout checks that the tensors fill the data as the format's writers lay them out:
// each starts at the aligned end of the previous one, and less than one alignment follows
// the last. Otherwise a file whose stated alignment is not the one it was written with
// would be read from the wrong byte.
func checkLayout(extents []extent, align, data int64) error {
	slices.SortFunc(extents, func(a, b extent) int {
		return cmp.Or(cmp.Compare(a.start, b.start), cmp.Compare(a.end, b.end))
	})
	last := extent{}
	for _, x := range extents {
		if x.start < last.end {
			return corrupt("tensor %q starts at byte %d of the data; tensor %q ends at %d", x.name, x.start, last.name,
				last.end)
		}
		if want := (last.end + align - 1) / align * align; x.start != want {
			return corrupt("tensor %q starts at byte %d of the data, expected %d, with general.alignment %d",
				x.name, x.start, want, align)
		}
		last = x
	}
	if left := data - last.end; left >= align {
		return corrupt("%d bytes follow the last tensor, expected less than general.alignment, %d", left, align)
	}
	return nil
}
