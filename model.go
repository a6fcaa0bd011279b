package fold

import (
	"context"

	"fold.example/fold/internal/cost"
	"fold.example/fold/internal/model"
)

// Model is an open integer model with its tokenizer. It is safe for concurrent use until
// Close.
type Model = model.Model

// Info describes a model.
type Info = model.Info

// LayerScales holds the exponents of a layer: integer = real * 2^exponent.
type LayerScales = model.LayerScales

// StepSize is the size of a step of one block.
type StepSize = cost.StepSize

// Tokens is a tokenized text.
type Tokens = model.Tokens

// OpenModel opens a model folder or an embedded model. An embedded model is imported into
// memory, which takes about a second and is reported as Progress. A folder's weights are
// mapped, and checked on first use.
//
// The error wraps ErrFormat if ref is not a model folder, ErrCorrupt if it is damaged, and
// fs.ErrNotExist if it does not exist.
func OpenModel(ctx context.Context, ref string, on func(Event)) (*Model, error) {
	return model.Open(ctx, ref, on)
}

// ImportOptions are the choices of ImportModel. The zero value gives the defaults.
type ImportOptions = model.ImportOptions

// ImportSummary describes an imported model.
type ImportSummary = model.ImportSummary

// ImportModel makes the integer model of src, which is a Hugging Face folder, a .gguf file
// or a llama2.c .bin file, and writes it to the folder dst. dst must be new, empty, or a
// model folder, which is replaced. The folder appears complete or not at all.
//
// The error wraps ErrFormat if src is of an unsupported kind or dst is not a model folder,
// and ErrCorrupt if src is damaged.
func ImportModel(ctx context.Context, src, dst string, opts ImportOptions, on func(Event)) (*ImportSummary, error) {
	return model.Import(ctx, src, dst, opts, on)
}

// CheckOptions are the choices of the import to compare with, and how to compare. The zero
// value gives the defaults.
type CheckOptions = model.CheckOptions

// CheckSummary is the result of comparing a model with its source.
type CheckSummary = model.CheckSummary

// Difference is a setting, or a tensor with some of its values, that differs from the
// import of the source.
type Difference = model.Difference

// CheckModel compares a model folder with its claimed source: a Hugging Face folder, a
// .gguf file, a llama2.c .bin file or the name of an embedded model. Differences are
// reported in the summary, not as an error. CheckModel reads both models once or twice and
// keeps about one block of the source in memory.
//
// The error wraps ErrFormat or ErrCorrupt if one of them cannot be read. It may also be an
// error of OpenModel.
func CheckModel(ctx context.Context, ref, src string, opts CheckOptions, on func(Event)) (*CheckSummary, error) {
	return model.Check(ctx, ref, src, opts, on)
}
