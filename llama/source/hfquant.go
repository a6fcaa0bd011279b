package source

import (
	"slices"
	"strings"
)

// hfQuantization is the quantization_config of config.json, with the fields of the methods
// "bitnet" (transformers) and "compressed-tensors" (vLLM). Fields about the quantisation
// of activations are ignored: they do not change the weights.
type hfQuantization struct {
	Method string `json:"quant_method"`

	// bitnet
	LinearClass string `json:"linear_class"`
	Mode        string `json:"quantization_mode"`
	RMSNorm     bool   `json:"use_rms_norm"`

	// compressed-tensors
	Format string `json:"format"`
	Groups map[string]struct {
		Weights *hfWeightScheme `json:"weights"`
	} `json:"config_groups"`
	CacheScheme *struct{} `json:"kv_cache_scheme"`
	Sparsity    struct {
		Format string `json:"format"`
	} `json:"sparsity_config"`
}

// hfWeightScheme says how a group of matrices is quantised.
type hfWeightScheme struct {
	Bits      int    `json:"num_bits"`
	Type      string `json:"type"`
	Symmetric *bool  `json:"symmetric"`
	Strategy  string `json:"strategy"`
}

// check refuses methods whose weights this package does not read.
func (q *hfQuantization) check() error {
	if q == nil {
		return nil
	}
	switch q.Method {
	case "bitnet":
		return q.checkBitNet()
	case "compressed-tensors":
		return q.checkCompressed()
	}
	return unsupported("quantisation method %.100q, expected bitnet, compressed-tensors or none", q.Method)
}

func (q *hfQuantization) checkBitNet() error {
	switch {
	case q.LinearClass != "" && q.LinearClass != "bitlinear" && q.LinearClass != "autobitlinear":
		return unsupported("bitnet linear_class %.100q, expected bitlinear or autobitlinear", q.LinearClass)
	case q.Mode != "" && q.Mode != "offline":
		return unsupported("bitnet quantization_mode %.100q, expected offline: weights that are ternary on disk",
			q.Mode)
	case q.RMSNorm:
		return unsupported("bitnet use_rms_norm is true, expected no norm inside a projection")
	}
	return nil
}

func (q *hfQuantization) checkCompressed() error {
	switch {
	case !slices.Contains([]string{"int-quantized", "naive-quantized", "dense"}, q.Format):
		return unsupported("compressed-tensors format %.100q, expected int-quantized", q.Format)
	case q.CacheScheme != nil:
		return unsupported("compressed-tensors kv_cache_scheme, expected a cache that is not quantised")
	case q.Sparsity.Format != "" && q.Sparsity.Format != "dense":
		return unsupported("compressed-tensors sparsity format %.100q, expected dense", q.Sparsity.Format)
	}
	for name, g := range q.Groups {
		w := g.Weights
		if w == nil {
			continue
		}
		if err := w.check(name); err != nil {
			return err
		}
	}
	return nil
}

// check accepts symmetric bytes with one scale for each row or one for the matrix.
func (w *hfWeightScheme) check(group string) error {
	symmetric := valueOr(w.Symmetric, true)
	if w.Bits == 8 && w.Type == "int" && symmetric && (w.Strategy == "channel" || w.Strategy == "tensor") {
		return nil
	}
	return unsupported("compressed-tensors %.100s with weights of %d bits, type %.20q, symmetric %t, "+
		"strategy %.20q, expected 8 bits, int, symmetric, channel or tensor",
		group, w.Bits, w.Type, symmetric, w.Strategy)
}

// inverseScale reports whether a packed ternary weight is its entry divided by the stored
// scale, as in transformers' class BitLinear, the default. In AutoBitLinear the weight is
// the product.
func (q *hfQuantization) inverseScale() bool { return q.LinearClass != "autobitlinear" }

// bindMatrix takes a matrix from the files, with its scales if it is quantised.
func (q *hfQuantization) bindMatrix(v *inventory, name string, rows, cols int) (matrix, error) {
	b, err := v.take(name)
	if err != nil {
		return nil, err
	}
	switch {
	case b.enc.name == "U8" && q != nil && q.Method == "bitnet":
		return q.bindTernary(v, b, rows, cols)
	case b.enc.name == "I8":
		return bindInt8(v, b, rows, cols)
	}
	return b.stored(rows, cols)
}

// bindTernary returns a packed ternary matrix. It reads the matrix's single scale.
func (q *hfQuantization) bindTernary(v *inventory, b blob, rows, cols int) (matrix, error) {
	if rows%4 != 0 {
		return nil, unsupported("packed ternary tensor %s for %d rows, expected a multiple of 4", b.name, rows)
	}
	if err := b.checkShape(rows/4, cols); err != nil {
		return nil, err
	}
	scale, err := bindScale(v, b.name+"_scale", 1)
	if err != nil {
		return nil, err
	}
	var s [1]float32
	if err := scale.read(0, 1, s[:]); err != nil {
		return nil, err
	}
	if q.inverseScale() {
		s[0] = 1 / s[0]
	}
	if !(s[0] > 0) || s[0]-s[0] != 0 {
		return nil, corrupt("the scale of %s gives weights of %v, expected a positive number", b.name, s[0])
	}
	return packedTernary{stored{b.enc, b.at, b.off, rows / 4, cols}, s[0]}, nil
}

// bindInt8 returns an I8 matrix with its scales, one for each row or one for all rows.
func bindInt8(v *inventory, b blob, rows, cols int) (matrix, error) {
	values, err := b.stored(rows, cols)
	if err != nil {
		return nil, err
	}
	name := strings.TrimSuffix(b.name, "weight") + "weight_scale"
	if _, ok := v.blobs[name]; !ok {
		return nil, unsupported("tensor %s of type I8, expected its scales in a tensor %s", b.name, name)
	}
	scale, err := bindScale(v, name, rows)
	if err != nil {
		return nil, err
	}
	return scaled{values, scale}, nil
}

// bindScale takes a tensor of n scales, or of one, of shape [n], [n, 1] or [].
func bindScale(v *inventory, name string, n int) (matrix, error) {
	b, err := v.take(name)
	if err != nil {
		return nil, err
	}
	count, ok := volume(b.shape)
	if !ok || (count != n && count != 1) || len(b.shape) > 2 || (len(b.shape) == 2 && b.shape[1] != 1) {
		return nil, unsupported("tensor %s has shape %v, expected [%d], [%d 1] or [1]", name, b.shape, n, n)
	}
	b.shape = []int{count, 1}
	return b.stored(count, 1)
}
