package proof

import (
	"encoding/hex"
	"fmt"

	"fold.example/fold/internal/files"
)

// Kinds lists the kinds of files that a third party receives.
var Kinds = files.Registry{
	{Name: "compressed proof", Magic: proofMagic, Describe: describeProof},
	{Name: "verification key", Magic: keyMagic, Describe: describeKey},
}

// describeProof returns what a proof states, without verifying it, and the number of bytes of
// its parts.
func describeProof(path string) ([]files.Field, error) {
	data, err := files.Read(path, MaxProof)
	if err != nil {
		return nil, err
	}
	h, _, err := DecodeStatement(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return []files.Field{
		{Name: "mode", Value: h.Mode.String()}, {Name: "label", Value: h.Label},
		{Name: "prompt_tokens", Value: h.Prompt.N},
		{Name: "output_tokens", Value: h.Output.N}, {Name: "prompt_ids", Value: h.Prompt.Tokens},
		{Name: "output_ids", Value: h.Output.Tokens}, {Name: "srs", Value: h.SRS.String()},
		{Name: "development", Value: h.Development}, {Name: "verification_key", Value: hex.EncodeToString(h.Key[:])},
		{Name: "bytes", Value: len(data)}, {Name: "statement_bytes", Value: h.ShownBytes()},
		{Name: "proof_bytes", Value: len(data) - h.ShownBytes()},
	}, nil
}

func describeKey(path string) ([]files.Field, error) {
	data, err := files.Read(path, MaxKeyFile)
	if err != nil {
		return nil, err
	}
	k, err := DecodeKey(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	d := &k.outline.Description
	return []files.Field{
		{Name: "digest", Value: k.Digest()}, {Name: "srs", Value: k.SRS()}, {Name: "ceremony", Value: k.Ceremony()},
		{Name: "development", Value: k.Development()}, {Name: "layers", Value: d.Config.Layers},
		{Name: "dim", Value: d.Config.Dim},
		{Name: "scheme", Value: string(d.Scheme)}, {Name: "positions", Value: k.outline.Positions()},
		{Name: "blocks", Value: k.outline.Blocks}, {Name: "classes", Value: k.outline.Classes},
		{Name: "tokenizer", Value: d.Tokenizer.String()}, {Name: "bytes", Value: len(k.encoded)},
	}, nil
}
