package quality

import (
	"fmt"

	"fold.example/fold/internal/fault"
	"fold.example/fold/internal/files"
)

// FileKind is the kind of quality cards. A card has no field that names its format, so every
// JSON file of no other kind is decoded as a card.
var FileKind = files.Kind{Name: "quality card", Describe: describe}

// describe returns the main figures of a card. The error wraps fault.ErrFormat.
func describe(path string) ([]files.Field, error) {
	data, err := files.Read(path, maxCard)
	if err != nil {
		return nil, err
	}
	c, err := Parse(data)
	if err != nil {
		return nil, fmt.Errorf("%w: %s is no file of fold's: JSON of another kind: %w", fault.ErrFormat, path, err)
	}
	return []files.Field{
		{Name: "scheme", Value: c.Scheme}, {Name: "reference", Value: c.Reference}, {Name: "text", Value: c.Text},
		{Name: "tokens", Value: c.Tokens}, {Name: "top1", Value: c.Top1}, {Name: "kl", Value: c.KL},
		{Name: "ppl_ratio", Value: c.PerplexityRatio},
	}, nil
}
