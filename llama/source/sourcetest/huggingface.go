package sourcetest

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"fold.example/fold/llama"
	"fold.example/fold/llama/source"
)

// WriteHuggingFace writes the model into the folder dir, which must exist:
// config.json and safetensors in BF16, in the given number of files, with an index if
// there are several. It writes no tokenizer.
func (m Model) WriteHuggingFace(dir string, shards int) error {
	config, err := hfConfig(m.Config)
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, "config.json"), config, 0o644); err != nil {
		return err
	}
	list := m.tensors(appendBF16, 2, source.HuggingFaceName)
	for i, t := range list {
		if m.Config.Architecture().Weight(t.Kind).Rotary {
			list[i].order = pairsRow(m.Config.HeadDim)
		}
	}
	if shards <= 1 {
		return m.writeSafetensors(filepath.Join(dir, "model.safetensors"), list)
	}
	index := make(map[string]string)
	for i, part := range split(list, shards) {
		name := fmt.Sprintf("model-%05d-of-%05d.safetensors", i+1, shards)
		for _, t := range part {
			index[t.name] = name
		}
		if err := m.writeSafetensors(filepath.Join(dir, name), part); err != nil {
			return err
		}
	}
	data, err := json.Marshal(map[string]any{"weight_map": index})
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "model.safetensors.index.json"), data, 0o644)
}

// pairsRow returns a function that maps the index of a row in the order of halves to its
// index in the order of interleaved pairs.
func pairsRow(headDim int) func(y int) int {
	return func(y int) int {
		head, r := y/headDim, y%headDim
		return head*headDim + r%(headDim/2)*2 + r/(headDim/2)
	}
}

// split cuts the list into parts of about the same number of bytes.
func split(list []tensor, parts int) [][]tensor {
	total, done := int64(0), int64(0)
	for _, t := range list {
		total += t.bytes()
	}
	out := make([][]tensor, parts)
	for _, t := range list {
		i := done * int64(parts) / total
		out[i] = append(out[i], t)
		done += t.bytes()
	}
	return out
}

func (m Model) writeSafetensors(path string, list []tensor) error {
	header := bytes.NewBufferString("{")
	offset := int64(0)
	for i, t := range list {
		shape := fmt.Sprintf("[%d,%d]", t.rows, t.cols)
		if t.rows == 1 {
			shape = fmt.Sprintf("[%d]", t.cols)
		}
		if i > 0 {
			header.WriteByte(',')
		}
		fmt.Fprintf(header, `%q:{"dtype":"BF16","shape":%s,"data_offsets":[%d,%d]}`, t.name, shape, offset,
			offset+t.bytes())
		offset += t.bytes()
	}
	header.WriteByte('}')
	return create(path, func(w *bufio.Writer) error {
		w.Write(binary.LittleEndian.AppendUint64(nil, uint64(header.Len())))
		w.Write(header.Bytes())
		for _, t := range list {
			if err := m.writeRows(w, t); err != nil {
				return err
			}
		}
		return nil
	})
}

func hfConfig(c llama.Config) ([]byte, error) {
	h := map[string]any{
		"architectures": []string{"LlamaForCausalLM"}, "model_type": "llama",
		"hidden_size": c.Dim, "intermediate_size": c.Hidden, "num_hidden_layers": c.Layers,
		"num_attention_heads": c.Heads, "num_key_value_heads": c.KVHeads, "head_dim": c.HeadDim,
		"vocab_size": c.Vocab, "max_position_embeddings": c.Context, "rms_norm_eps": c.RMSEps,
		"rope_theta": c.Rope.Theta, "hidden_act": "silu", "tie_word_embeddings": c.Tied, "torch_dtype": "bfloat16",
	}
	switch s := c.Rope.Scaling; s.Kind {
	case "":
	case "linear":
		h["rope_scaling"] = map[string]any{"rope_type": "linear", "factor": s.Factor}
	case "llama3":
		h["rope_scaling"] = map[string]any{"rope_type": "llama3", "factor": s.Factor,
			"low_freq_factor":  s.LowFreqFactor,
			"high_freq_factor": s.HighFreqFactor, "original_max_position_embeddings": s.OriginalContext}
	default:
		return nil, fmt.Errorf("config.json has no RoPE scaling of kind %q", s.Kind)
	}
	return json.MarshalIndent(h, "", "  ")
}
