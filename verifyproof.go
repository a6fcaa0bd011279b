package fold

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"fold.example/fold/internal/fault"
	"fold.example/fold/internal/files"
	"fold.example/fold/internal/host"
	"fold.example/fold/internal/model"
	"fold.example/fold/proof"
)

// verifyProof is Verify for a file that Compress wrote.
func verifyProof(ctx context.Context, path string, opts *VerifyOptions, on func(Event)) (*VerifySummary, error) {
	data, err := files.Read(path, proof.MaxProof)
	if err != nil {
		return nil, err
	}
	if err := proof.Admit(data, opts.AllowDevelopmentKey); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	k, err := readKeyOf(path, opts.VerificationKey)
	if err != nil {
		return nil, err
	}
	if opts.Key == "" || opts.KeyDigest != "" {
		if err := k.Vouched(opts.KeyDigest); err != nil {
			return nil, err
		}
	}
	if opts.Key != "" {
		if err := DeriveVerifierKey(ctx, k, opts.Key, on); err != nil {
			return nil, err
		}
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s, err := opts.checkProof(ctx, data, k, on)
	if err == nil {
		err = ctx.Err()
	}
	if err != nil {
		return nil, err
	}
	return s, nil
}

// readKeyOf reads the verification key of a proof from the named file, or from the default
// path next to the proof.
func readKeyOf(proof, named string) (*VerifierKey, error) {
	if named != "" {
		return ReadVerifierKey(named)
	}
	k, err := ReadVerifierKey(proof + ".vk")
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fault.With(err, fault.NeedVerifierKey, proof+".vk")
	}
	return k, err
}

// expected returns the expectations of a compressed proof, except the texts.
func (o *VerifyOptions) expected() proof.Expected {
	return proof.Expected{
		KeyDigest: o.KeyDigest, AllowDevelopmentKey: o.AllowDevelopmentKey, ModelID: o.ModelID, Label: o.Label,
		Mode:      o.Mode,
		PromptIDs: o.PromptIDs, OutputIDs: o.OutputIDs, PromptOpening: o.PromptOpening, OutputOpening: o.OutputOpening,
	}
}

// checkProof verifies a proof under a trusted verification key and compares the texts.
func (o *VerifyOptions) checkProof(
	ctx context.Context, data []byte, k *VerifierKey, on func(Event),
) (*VerifySummary, error) {
	start, cpu := time.Now(), host.CPUTime()
	v, err := k.Check(data, o.expected())
	if err != nil {
		return nil, err
	}
	h := &v.Statement
	s := &VerifySummary{
		Accepted: true, ModelID: v.ModelID, SRS: h.SRS.String(), Ceremony: k.Ceremony(), Development: h.Development,
		PromptIDs: v.PromptIDs, OutputIDs: v.OutputIDs, Steps: int(v.Steps), Mode: h.Mode.String(), Label: h.Label,
		KeyDigest: k.Digest(), Seconds: time.Since(start).Seconds(), CheckCPU: (host.CPUTime() - cpu).Seconds(),
		PromptTokens: h.Prompt.N, OutputTokens: h.Output.N,
	}
	for _, part := range []struct {
		name string
		text *string
		ids  []int
	}{{"prompt", o.Prompt, s.PromptIDs}, {"output", o.Output, s.OutputIDs}} {
		if part.text != nil && part.ids == nil {
			return nil, proof.HiddenPart(part.name)
		}
	}
	outline := k.Outline()
	proven := &model.Proven{
		ID: s.ModelID, Description: &outline.Description, SegmentBits: outline.Layout.SegmentBits,
		SRS: k.Opening().ID(), Key: o.Key,
	}
	if err := s.texts(ctx, o, proven, on); err != nil {
		return nil, err
	}
	s.Statement = s.plain()
	return s, nil
}

// isProof reports whether path is a file and not a store's folder. The error wraps
// ErrFormat for anything else, such as a pipe.
func isProof(path string) (bool, error) {
	info, err := os.Stat(path)
	if err != nil || info.IsDir() || info.Mode().IsRegular() {
		return err == nil && info.Mode().IsRegular(), nil
	}
	return false, fmt.Errorf("%w: %s is %s, expected a compressed proof, which is a regular file, or the folder of a "+
		"store",
		fault.ErrFormat, path, files.KindOf(info.Mode()))
}
