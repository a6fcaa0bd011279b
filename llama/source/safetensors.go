package source

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
)

// maxSafetensorsHeader is the format's own limit on the length of a header.
const maxSafetensorsHeader = 100_000_000

// safetensorsTypes are the types of the format by name. Types without a decoder are here
// for their size.
var safetensorsTypes = map[string]encoding{
	"F32": encF32, "F16": encF16, "BF16": encBF16, "I8": encI8,
	"U8":   {name: "U8", block: 1, bytes: 1},
	"BOOL": {name: "BOOL", block: 1, bytes: 1},
	"I16":  {name: "I16", block: 1, bytes: 2}, "U16": {name: "U16", block: 1, bytes: 2},
	"I32": {name: "I32", block: 1, bytes: 4}, "U32": {name: "U32", block: 1, bytes: 4},
	"I64": {name: "I64", block: 1, bytes: 8}, "U64": {name: "U64", block: 1, bytes: 8},
	"F64": {name: "F64", block: 1, bytes: 8}, "C64": {name: "C64", block: 1, bytes: 8},
	"F8_E4M3": {name: "F8_E4M3", block: 1, bytes: 1}, "F8_E5M2": {name: "F8_E5M2", block: 1, bytes: 1},
	"F8_E8M0": {name: "F8_E8M0", block: 1, bytes: 1},
}

// safetensorsEntry is the description of a tensor in a header. Offsets count from the end
// of the header.
type safetensorsEntry struct {
	DType   string  `json:"dtype"`
	Shape   []int   `json:"shape"`
	Offsets []int64 `json:"data_offsets"`
}

// readSafetensors reads the header of a safetensors file of size bytes. The file has the
// length of the header as a 64-bit number, the header as a JSON object, and the data,
// which the tensors must cover without gap or overlap.
func readSafetensors(r io.ReaderAt, size int64) (map[string]blob, error) {
	var prefix [8]byte
	if _, err := r.ReadAt(prefix[:], 0); err != nil {
		return nil, corrupt("safetensors file of %d bytes, expected at least 8: %w", size, err)
	}
	length := binary.LittleEndian.Uint64(prefix[:])
	if length > maxSafetensorsHeader || int64(length) > size-8 {
		return nil, corrupt("safetensors header of %d bytes in a file of %d, expected at most %d and within the file",
			length, size, maxSafetensorsHeader)
	}
	entries, err := parseSafetensors(io.NewSectionReader(r, 8, int64(length)))
	if err != nil {
		return nil, corrupt("safetensors header: %w", err)
	}
	start := 8 + int64(length)
	blobs := make(map[string]blob, len(entries))
	for name, e := range entries {
		b, err := e.blob(name, size-start)
		if err != nil {
			return nil, err
		}
		b.at, b.off = r, start+e.Offsets[0]
		blobs[name] = b
	}
	return blobs, checkCover(entries, size-start)
}

// parseSafetensors reads the JSON object of a header.
func parseSafetensors(r io.Reader) (map[string]safetensorsEntry, error) {
	d := json.NewDecoder(r)
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil, fmt.Errorf("found %v, expected an object (%w)", t, err)
	}
	entries := make(map[string]safetensorsEntry)
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return nil, err
		}
		name := t.(string) // a key: the decoder allows nothing else here
		if name == "__metadata__" {
			var notes map[string]string
			if err := d.Decode(&notes); err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
			continue
		}
		var e safetensorsEntry
		if err := d.Decode(&e); err != nil {
			return nil, fmt.Errorf("tensor %.100s: %w", name, err)
		}
		if _, double := entries[name]; double {
			return nil, fmt.Errorf("tensor %.100s twice, expected each once", name)
		}
		entries[name] = e
	}
	if _, err := d.Token(); err != nil {
		return nil, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("data after the object, expected its end")
	}
	return entries, nil
}

// blob returns the tensor that e describes, which must lie within the data.
func (e safetensorsEntry) blob(name string, data int64) (blob, error) {
	enc, ok := safetensorsTypes[e.DType]
	if !ok {
		return blob{}, unsupported("tensor %.100s is of type %.20q, expected F32, F16, BF16 or I8", name, e.DType)
	}
	if len(e.Offsets) != 2 || e.Offsets[0] < 0 || e.Offsets[1] < e.Offsets[0] || e.Offsets[1] > data {
		return blob{}, corrupt("tensor %.100s lies at %v, expected a range within %d bytes of data",
			name, e.Offsets, data)
	}
	n, ok := volume(e.Shape)
	if found := e.Offsets[1] - e.Offsets[0]; !ok || int64(n)*int64(enc.bytes) != found {
		return blob{}, corrupt("tensor %.100s has %d bytes, expected those of shape %v and type %s",
			name, found, e.Shape, e.DType)
	}
	return blob{name: name, enc: enc, shape: e.Shape}, nil
}

// checkCover checks that the tensors cover all of the data, each byte once.
func checkCover(entries map[string]safetensorsEntry, data int64) error {
	names := make([]string, 0, len(entries))
	for name := range entries {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int {
		return slices.Compare(entries[a].Offsets, entries[b].Offsets)
	})
	end := int64(0)
	for _, name := range names {
		if o := entries[name].Offsets; o[0] != end {
			return corrupt("tensor %.100s starts at byte %d of the data, expected %d, where the one before ends", name,
				o[0], end)
		}
		end = entries[name].Offsets[1]
	}
	if end != data {
		return corrupt("the tensors end at byte %d of the data, expected %d", end, data)
	}
	return nil
}
