package commit

import "fold.example/fold/internal/files"

// unchecked follows what the header of a key says of a ceremony: anybody can write any element
// of G2 there, before points of a τ that they know.
const unchecked = " (so its header says: no point has been compared)"

// FileKind is the kind of key files.
var FileKind = files.Kind{Name: "commitment key", Magic: magic, Describe: describe}

func describe(path string) ([]files.Field, error) {
	k, err := Inspect(path)
	if err != nil {
		return nil, err
	}
	ceremony := k.Origin
	if k.Kind == Ceremony {
		ceremony += unchecked
	}
	return []files.Field{
		{Name: "kind", Value: k.Kind.String()}, {Name: "ceremony", Value: ceremony}, {Name: "label", Value: k.Name},
		{Name: "curve", Value: "BN254 G1"}, {Name: "points", Value: k.Points}, {Name: "srs", Value: k.ID.String()},
		{Name: "checked", Value: "the header alone: points are checked when they are used"},
	}, nil
}
