package source

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"fold.example/fold/llama"
)

// Limits on the JSON files of a folder, in bytes.
const (
	maxConfigFile = 16 << 20
	maxIndexFile  = 64 << 20
	maxShards     = 4096
)

// openHuggingFace opens a folder as transformers writes it.
func openHuggingFace(dir string) (*model, error) {
	data, err := readFile(filepath.Join(dir, "config.json"), maxConfigFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, unsupported("a folder without config.json, expected a Hugging Face folder, " +
			"a .gguf or a llama2.c .bin")
	}
	if err != nil {
		return nil, err
	}
	h, c, err := parseHFConfig(data)
	if err != nil {
		return nil, err
	}
	blobs, files, err := openShards(dir)
	m := &model{format: "Hugging Face folder, safetensors", config: c, files: files}
	m.tokenizer = func() (TokenizerMaterial, error) { return readHFTokenizer(dir, h) }
	if err == nil {
		err = m.bindHF(newInventory(blobs), h.Quantization)
	}
	if err != nil {
		return nil, errors.Join(err, m.Close())
	}
	return m, nil
}

// openShards opens the safetensors files of a folder and merges their headers.
func openShards(dir string) (map[string]blob, []io.Closer, error) {
	names, index, err := shardNames(dir)
	if err != nil {
		return nil, nil, err
	}
	blobs, home := make(map[string]blob), make(map[string]string)
	var files []io.Closer
	for _, shard := range names {
		f, err := openFile(filepath.Join(dir, shard))
		if err != nil {
			return nil, files, err
		}
		files = append(files, f)
		part, err := readSafetensors(f, f.size)
		if err != nil {
			return nil, files, fmt.Errorf("%s: %w", shard, err)
		}
		for name, b := range part {
			if other, double := home[name]; double {
				return nil, files, corrupt("tensor %.100s in both %s and %s, expected it in one", name, other, shard)
			}
			blobs[name], home[name] = b, shard
		}
	}
	for name, shard := range index {
		if home[name] != shard {
			return nil, files, corrupt("tensor %.100s is not in %s, expected it there by the index", name, shard)
		}
	}
	return blobs, files, nil
}

// shardNames returns the names of the files to read and, for a sharded model, the index:
// the file of each tensor.
func shardNames(dir string) (names []string, index map[string]string, err error) {
	const single, indexed = "model.safetensors", "model.safetensors.index.json"
	if _, err := os.Stat(filepath.Join(dir, single)); err == nil {
		return []string{single}, nil, nil
	}
	data, err := readFile(filepath.Join(dir, indexed), maxIndexFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil, unsupported("a folder without weights, expected %s or %s", single, indexed)
	}
	if err != nil {
		return nil, nil, err
	}
	names, index, err = parseIndex(data)
	if err != nil {
		return nil, nil, corrupt("%s: %w", indexed, err)
	}
	return names, index, nil
}

// parseIndex decodes a model.safetensors.index.json. Names of files must have no path, so
// that an index cannot point outside its folder.
func parseIndex(data []byte) (names []string, index map[string]string, err error) {
	var x struct {
		WeightMap map[string]string `json:"weight_map"`
	}
	if err := json.Unmarshal(data, &x); err != nil {
		return nil, nil, err
	}
	seen := make(map[string]bool)
	for name, shard := range x.WeightMap {
		if !filepath.IsLocal(shard) || filepath.Base(shard) != shard || strings.ContainsAny(shard, `/\`) {
			return nil, nil, fmt.Errorf("tensor %.100s is in file %.100q, expected a name in the same folder", name,
				shard)
		}
		if !seen[shard] {
			seen[shard] = true
			names = append(names, shard)
		}
	}
	if len(names) == 0 || len(names) > maxShards {
		return nil, nil, fmt.Errorf("%d files, expected 1 to %d", len(names), maxShards)
	}
	slices.Sort(names)
	return names, x.WeightMap, nil
}

// bindHF finds all tensors of the model. It refuses a folder with tensors of other names.
func (m *model) bindHF(v *inventory, q *hfQuantization) error {
	m.tensors = make(map[Tensor]matrix)
	for t := range Tensors(m.config) {
		rows, cols := Shape(m.config, t.Kind)
		x, err := q.bindMatrix(v, HuggingFaceName(t), rows, cols)
		if err != nil {
			return err
		}
		switch a := m.config.Architecture(); {
		case a.Weight(t.Kind).Rotary:
			x = paired{x, m.config.HeadDim}
		case a.IsRotaryBias(t.Kind):
			x = pairedRow{x, m.config.HeadDim}
		}
		m.tensors[t] = x
	}
	return v.leftover(func(name string) bool { return hfIgnored(name, m.config) })
}

// hfIgnored reports whether a tensor repeats other data: old files store the RoPE
// frequencies, and some tied models the embedding twice. transformers ignores both.
func hfIgnored(name string, c llama.Config) bool {
	return strings.HasSuffix(name, ".rotary_emb.inv_freq") || (c.Tied && name == HuggingFaceName(Tensor{Kind: Head}))
}
