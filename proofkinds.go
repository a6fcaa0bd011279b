package fold

import (
	"encoding/hex"
	"fmt"

	"fold/internal/files"
)

// proofKinds are the kinds of files that a third party is given.
var proofKinds = files.Registry{
	{Name: "compressed proof", Magic: proofMagic, Describe: describeProof},
	{Name: "verification key", Magic: keyMagic, Describe: describeKey},
}

// describeProof says what a proof states, unverified, and how many bytes its parts have.
func describeProof(path string) ([]files.Field, error) {
	data, err := files.Read(path, maxProof)
	if err != nil {
		return nil, err
	}
	h, _, err := decodeHead(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return []files.Field{
		{Name: "mode", Value: h.mode.String()}, {Name: "label", Value: h.label}, {Name: "prompt_tokens", Value: h.prompt.n},
		{Name: "output_tokens", Value: h.output.n}, {Name: "prompt_ids", Value: h.prompt.tokens},
		{Name: "output_ids", Value: h.output.tokens}, {Name: "srs", Value: h.srs.String()},
		{Name: "development", Value: h.development}, {Name: "verification_key", Value: hex.EncodeToString(h.key[:])},
		{Name: "bytes", Value: len(data)}, {Name: "statement_bytes", Value: h.shownBytes()},
		{Name: "proof_bytes", Value: len(data) - h.shownBytes()},
	}, nil
}

func describeKey(path string) ([]files.Field, error) {
	data, err := files.Read(path, maxKeyFile)
	if err != nil {
		return nil, err
	}
	k, err := DecodeVerifierKey(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	d := &k.outline.Description
	return []files.Field{
		{Name: "digest", Value: k.Digest()}, {Name: "srs", Value: k.SRS()}, {Name: "ceremony", Value: k.Ceremony()},
		{Name: "development", Value: k.Development()}, {Name: "layers", Value: d.Config.Layers}, {Name: "dim", Value: d.Config.Dim},
		{Name: "scheme", Value: string(d.Scheme)}, {Name: "positions", Value: k.outline.Positions()},
		{Name: "blocks", Value: k.outline.Blocks}, {Name: "classes", Value: k.outline.Classes},
		{Name: "tokenizer", Value: d.Tokenizer.String()}, {Name: "bytes", Value: len(k.encoded)},
	}, nil
}
