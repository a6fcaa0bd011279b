package source

import (
	"bytes"
	"slices"
	"strings"
)

// The formats from bytes in memory, for fuzzing and for tests of their errors.

func OpenGGUFBytes(data []byte) (Source, error) {
	g, err := readGGUF(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, err
	}
	m := &model{tokenizer: func() (TokenizerMaterial, error) { return ggufTokenizer(g.meta) }}
	return m, m.bindGGUF(g)
}

func OpenSafetensorsBytes(config, data []byte) (Source, error) {
	h, c, err := parseHFConfig(config)
	if err != nil {
		return nil, err
	}
	blobs, err := readSafetensors(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, err
	}
	m := &model{config: c}
	return m, m.bindHF(newInventory(blobs), h.Quantization)
}

func OpenLlama2CBytes(data []byte) (Source, error) {
	c, tensors, err := readLlama2C(bytes.NewReader(data), int64(len(data)))
	return &model{config: c, tensors: tensors}, err
}

// ParseConfigs reads data as each of the JSON files of a folder.
func ParseConfigs(data []byte) []error {
	_, _, config := parseHFConfig(data)
	_, _, index := parseIndex(data)
	_, template := chatTemplate(data)
	_, kind := tokenizerKind(data)
	return []error{config, index, template, kind}
}

// Encoding is an encoding of weights, for fuzzing.
type Encoding struct {
	Name         string
	Block, Bytes int
	Decode       func(dst []float32, src []byte)
}

// Encodings lists the encodings that a file of any format may have, in the order of their
// names.
func Encodings() (all []Encoding) {
	for _, e := range ggufTypes {
		all = append(all, Encoding{e.name, e.block, e.bytes, e.decode})
	}
	all = append(all, Encoding{encI8.name, encI8.block, encI8.bytes, encI8.decode})
	slices.SortFunc(all, func(a, b Encoding) int { return strings.Compare(a.Name, b.Name) })
	return all
}
