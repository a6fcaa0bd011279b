package fold

import (
	"context"

	"fold.example/fold/internal/model"
)

// QualityCard is what an evaluation found; its Plot writes a picture.
type QualityCard = model.QualityCard

// EvalOptions say what a model is measured against and on.
type EvalOptions = model.EvalOptions

// Evaluate compares a model with the float model that it was made of and writes
// the quality card into its folder; an embedded model has none.
//
// The error wraps ErrFormat if the two are not the same model or the text is too
// short, besides those of OpenModel and ImportModel.
func Evaluate(ctx context.Context, ref string, opts EvalOptions, on func(Event)) (*QualityCard, error) {
	return model.Evaluate(ctx, ref, opts, on)
}
