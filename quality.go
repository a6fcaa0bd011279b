package fold

import (
	"context"

	"fold.example/fold/internal/model"
)

// QualityCard is the result of an evaluation. Its Plot method writes a picture.
type QualityCard = model.QualityCard

// EvalOptions are the choices of Evaluate.
type EvalOptions = model.EvalOptions

// Evaluate compares a model with the float model from which it was imported, and writes the
// quality card to the model's folder. An embedded model's card is not written.
//
// The error wraps ErrFormat if the two models do not match or the text is too short. It may
// also be an error of OpenModel or ImportModel.
func Evaluate(ctx context.Context, ref string, opts EvalOptions, on func(Event)) (*QualityCard, error) {
	return model.Evaluate(ctx, ref, opts, on)
}
