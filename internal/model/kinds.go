package model

import (
	"encoding/hex"
	"fmt"

	"fold.example/fold/internal/files"
	"fold.example/fold/llama"
	"fold.example/fold/llama/quality"
	"fold.example/fold/llama/source"
	"fold.example/fold/llama/tokenizer"
	"fold.example/fold/step/weights"
)

// Kinds are the kinds of files in a model folder.
var Kinds = files.Registry{
	{Name: "integer model", Format: llama.ManifestFormat, Folder: ManifestFile, Describe: describeManifest},
	{Name: "model weights", Magic: llama.WeightsMagic, Describe: describeWeights},
	{Name: "tokenizer", Format: tokenizer.Format, Describe: describeTokenizer},
	{Name: "model commitment", Magic: weights.CommitmentMagic, Describe: describeCommitment},
	{Name: "weight seed: secret", Format: seedFormat, Describe: describeSeed},
	quality.FileKind,
}

// describeManifest returns the properties of the whole model from model.json.
func describeManifest(path string) ([]files.Field, error) {
	h, err := llama.ReadHead(path)
	if err != nil {
		return nil, err
	}
	return []files.Field{
		{Name: "version", Value: h.Version}, {Name: "scheme", Value: h.Scheme},
		{Name: "params", Value: source.Parameters(h.Config)},
		{Name: "layers", Value: h.Config.Layers}, {Name: "dim", Value: h.Config.Dim},
		{Name: "vocab", Value: h.Config.Vocab},
		{Name: "context", Value: h.Config.Context}, {Name: "fingerprint", Value: h.Fingerprint},
	}, nil
}

func describeWeights(path string) ([]files.Field, error) {
	h, err := llama.ReadWeightsHead(path)
	if err != nil {
		return nil, err
	}
	return []files.Field{
		{Name: "version", Value: h.Version}, {Name: "bytes", Value: h.Bytes},
		{Name: "shapes", Value: hex.EncodeToString(h.Shapes[:])},
	}, nil
}

func describeTokenizer(path string) ([]files.Field, error) {
	data, err := files.Read(path, maxTokenizerFile)
	if err != nil {
		return nil, err
	}
	t, err := tokenizer.Unmarshal(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	bos, add := t.BOS()
	return []files.Field{
		{Name: "digest", Value: weights.TokenizerDigest(t.Digest()).String()}, {Name: "tokens", Value: t.VocabSize()},
		{Name: "begin", Value: bos}, {Name: "begin_added", Value: add}, {Name: "end", Value: t.EOS()},
		{Name: "chat", Value: t.ChatTemplate() != ""},
	}, nil
}

// describeCommitment reads a commitment completely, including the checks of its points.
func describeCommitment(path string) ([]files.Field, error) {
	c, id, err := ReadCommitment(path)
	if err != nil {
		return nil, err
	}
	d := &c.Description
	return []files.Field{
		{Name: "model_id", Value: id}, {Name: "srs", Value: c.Key.String()},
		{Name: "development", Value: c.Development},
		{Name: "scheme", Value: string(d.Scheme)}, {Name: "layers", Value: d.Config.Layers},
		{Name: "dim", Value: d.Config.Dim},
		{Name: "segment_bits", Value: c.Layout.SegmentBits}, {Name: "segments", Value: countSegments(c)},
		{Name: "tokenizer", Value: d.Tokenizer.String()},
	}, nil
}

// describeSeed describes a seed without its secrets.
func describeSeed(path string) ([]files.Field, error) {
	data, err := files.Read(path, maxSeedFile)
	if err != nil {
		return nil, err
	}
	w, err := parseSeed(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return []files.Field{
		{Name: "version", Value: w.Version}, {Name: "fingerprint", Value: w.Fingerprint},
		{Name: "model_id", Value: w.ModelID},
		{Name: "weights", Value: visibility(w.Seed == "")},
	}, nil
}
