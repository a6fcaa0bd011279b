package fold

import (
	"context"

	"fold.example/fold/internal/cost"
	"fold.example/fold/internal/model"
)

// Model is an open integer model with its tokenizer. It may be used concurrently
// until it is closed.
type Model = model.Model

// Info describes a model.
type Info = model.Info

// LayerScales are the exponents of a layer: integer = real * 2^exponent.
type LayerScales = model.LayerScales

// StepSize is the size of a step of one block.
type StepSize = cost.StepSize

// Tokens are the tokens of a text.
type Tokens = model.Tokens

// OpenModel opens a model folder, or an embedded model, which is imported into
// memory on the fly: about a second of work, told as Progress. The weights of a
// folder are mapped and checked when they are first used.
//
// The error wraps ErrFormat if ref is no model folder, ErrCorrupt if it is
// damaged and fs.ErrNotExist if there is none.
func OpenModel(ctx context.Context, ref string, on func(Event)) (*Model, error) {
	return model.Open(ctx, ref, on)
}

// ImportOptions are the choices of an import; the zero value is the usual one.
type ImportOptions = model.ImportOptions

// ImportSummary says what an import made.
type ImportSummary = model.ImportSummary

// ImportModel makes the integer model of src, a Hugging Face folder, a .gguf or a
// llama2.c .bin, and writes it into the folder dst, which is new, empty, or
// another model that it replaces. The folder appears whole or not at all.
//
// The error wraps ErrFormat if src is of a kind that is not supported or dst is
// something else than a model, and ErrCorrupt if src is damaged.
func ImportModel(ctx context.Context, src, dst string, opts ImportOptions, on func(Event)) (*ImportSummary, error) {
	return model.Import(ctx, src, dst, opts, on)
}

// CheckOptions are the choices of the import that a model is said to be, and how
// it is compared with it; the zero value is the usual one.
type CheckOptions = model.CheckOptions

// CheckSummary says how a model compares with what it is said to be made of.
type CheckSummary = model.CheckSummary

// Difference is a value, or a tensor with some values, that is not what the source
// gives.
type Difference = model.Difference

// CheckModel compares a model folder with what it is said to be the import of: a
// Hugging Face folder, a .gguf, a llama2.c .bin or the name of an embedded model.
// That they differ is no error: the summary says so. It reads both once or twice
// and keeps about one block of the source in memory.
//
// The error wraps ErrFormat or ErrCorrupt if either cannot be read, besides those
// of OpenModel.
func CheckModel(ctx context.Context, ref, src string, opts CheckOptions, on func(Event)) (*CheckSummary, error) {
	return model.Check(ctx, ref, src, opts, on)
}
