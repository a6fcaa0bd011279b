package source

import (
	"math"
	"strconv"
	"strings"
)

// metadata maps the keys of a GGUF file to their values: int64, float64, bool, string,
// []string, []int64 or []float64. Lists outside the tokenizer and the model's shape are
// skipped; their keys have the value nil.
type metadata map[string]any

// The types of values, by their numbers in the format.
const (
	ggufU8 = iota
	ggufI8
	ggufU16
	ggufI16
	ggufU32
	ggufI32
	ggufF32
	ggufBool
	ggufString
	ggufArray
	ggufU64
	ggufI64
	ggufF64
)

// ggufSizes are the smallest sizes of a value of each type in bytes. A string has at least
// its length field, a list its type and length.
var ggufSizes = [...]uint64{1, 1, 2, 2, 4, 4, 4, 1, 8, 12, 8, 8, 8}

func (r *ggufReader) metadata(keys int) metadata {
	meta := make(metadata, keys)
	for range keys {
		key := r.str("key", maxGGUFKey)
		kind := r.u32()
		if r.err != nil {
			return nil
		}
		if _, double := meta[key]; double {
			r.fail(corrupt("key %.100q twice, expected each once", key))
			return nil
		}
		if kind == ggufArray {
			meta[key] = r.array(key)
		} else {
			meta[key] = r.value(key, kind)
		}
	}
	return meta
}

// value reads a number, a truth value or a string.
func (r *ggufReader) value(key string, kind uint32) any {
	switch kind {
	case ggufU8, ggufI8, ggufBool:
		var b [1]byte
		r.bytes(b[:])
		if kind == ggufBool && b[0] > 1 {
			r.fail(corrupt("key %.100q has the truth value %d, expected 0 or 1", key, b[0]))
		}
		return small(kind, b[0])
	case ggufU16, ggufI16:
		var b [2]byte
		r.bytes(b[:])
		n := uint16(b[0]) | uint16(b[1])<<8
		if kind == ggufI16 {
			return int64(int16(n))
		}
		return int64(n)
	case ggufU32:
		return int64(r.u32())
	case ggufI32:
		return int64(int32(r.u32()))
	case ggufU64:
		return int64(min(r.u64(), math.MaxInt64))
	case ggufI64:
		return int64(r.u64())
	case ggufF32:
		return decimal(math.Float32frombits(r.u32()))
	case ggufF64:
		return math.Float64frombits(r.u64())
	case ggufString:
		return r.str("value of "+key, maxGGUFString)
	}
	r.fail(corrupt("key %.100q has a value of type %d, expected 0 to 12", key, kind))
	return nil
}

func small(kind uint32, b byte) any {
	switch kind {
	case ggufBool:
		return b != 0
	case ggufI8:
		return int64(int8(b))
	}
	return int64(b)
}

// decimal returns the shortest decimal number that rounds to x in single precision. For the
// single precision number next to 1e-5 it returns 1e-5, the value in the same model's
// config.json.
func decimal(x float32) float64 {
	d, err := strconv.ParseFloat(strconv.FormatFloat(float64(x), 'g', -1, 32), 64)
	if err != nil {
		return float64(x)
	}
	return d
}

// array reads a list. It skips lists outside the tokenizer and the model's shape, and
// lists of truth values, and returns nil for them.
func (r *ggufReader) array(key string) any {
	kind := r.u32()
	if r.err == nil && (kind == ggufArray || int(kind) >= len(ggufSizes)) {
		r.fail(corrupt("key %.100q has a list of type %d, expected one of numbers or strings", key, kind))
	}
	if r.err != nil {
		return nil
	}
	keep := strings.HasPrefix(key, "tokenizer.ggml.") || strings.HasPrefix(key, "llama.")
	limit := uint64(math.MaxInt64)
	if keep {
		limit = maxGGUFList
	}
	n := r.length("list "+key, limit, ggufSizes[kind])
	switch {
	case !keep && kind != ggufString:
		r.skip(int64(n) * int64(ggufSizes[kind]))
	case !keep:
		for i := 0; i < n && r.err == nil; i++ {
			r.skip(int64(r.length("value of "+key, maxGGUFString, 1)))
		}
	case kind == ggufString:
		return list(r, n, func() string { return r.str("value of "+key, maxGGUFString) })
	case kind == ggufF32 || kind == ggufF64:
		return list(r, n, func() float64 { return r.value(key, kind).(float64) })
	case kind == ggufBool:
		r.skip(int64(n))
	default:
		return list(r, n, func() int64 { return r.value(key, kind).(int64) })
	}
	return nil
}

func list[T any](r *ggufReader, n int, next func() T) []T {
	values := make([]T, 0, n)
	for i := 0; i < n && r.err == nil; i++ {
		values = append(values, next())
	}
	return values
}

// fields reads typed values of metadata and keeps the first mismatch as its error.
type fields struct {
	meta metadata
	err  error
}

// fail keeps the first error.
func (f *fields) fail(err error) {
	if f.err == nil {
		f.err = err
	}
}

func (f *fields) integer(key string, otherwise int) int {
	if n, ok := field[int64](f, key); ok {
		return int(n)
	}
	return otherwise
}

func (f *fields) number(key string, otherwise float64) float64 {
	if x, ok := field[float64](f, key); ok {
		return x
	}
	return otherwise
}

func (f *fields) text(key string) string {
	s, _ := field[string](f, key)
	return s
}

// flag returns nil when the key is absent.
func (f *fields) flag(key string) *bool {
	if b, ok := field[bool](f, key); ok {
		return &b
	}
	return nil
}

// field returns the value of a key, and false if it is absent or of another
// type, which is an error.
func field[T any](f *fields, key string) (T, bool) {
	v, there := f.meta[key]
	x, ok := v.(T)
	if there && !ok {
		f.fail(corrupt("key %s has a value of type %T, expected %T", key, v, x))
	}
	return x, ok
}
