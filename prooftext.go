package fold

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"

	"fold/internal/fault"
	"fold/internal/files"
	"fold/internal/host"
)

// maxProof bounds the size of a proof in bytes: nearly all of it is for its tokens.
const maxProof = 16 << 20

// verifyProof is Verify of a file that Compress wrote.
func verifyProof(ctx context.Context, path string, opts VerifyOptions, on func(Event)) (*VerifySummary, error) {
	data, err := files.Read(path, maxProof)
	if err != nil {
		return nil, err
	}
	h, _, err := decodeHead(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, rejected(err))
	}
	if h.development && !opts.AllowDevelopmentKey {
		return nil, errDevelopmentKey()
	}
	v := &proofVerification{opts: opts}
	if v.key, err = readKeyOf(path, opts.VerificationKey); err != nil {
		return nil, err
	}
	if opts.Key == "" && opts.KeyDigest == "" {
		err := fmt.Errorf("%w: key: nothing says that verification key %s is one of this program's, and a made-up key proves anything", ErrRejected, v.key.Digest())
		return nil, fault.With(err, fault.NeedVoucher, "")
	}
	if want := opts.KeyDigest; want != "" && !strings.EqualFold(want, v.key.Digest()) {
		return nil, fmt.Errorf("%w: key: the verification key is %s, expected %.64s", ErrRejected, v.key.Digest(), want)
	}
	if opts.Key != "" {
		if err := v.key.Derive(ctx, opts.Key, on); err != nil {
			return nil, err
		}
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s, err := v.verify(ctx, data, on)
	if err == nil {
		err = ctx.Err()
	}
	if err != nil {
		return nil, err
	}
	return s, nil
}

// readKeyOf reads the verification key of a proof: the named one, or the one beside it.
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

func errDevelopmentKey() error {
	err := fmt.Errorf("%w: it is proven under a development key: whoever made the key can forge proofs", ErrRejected)
	return fault.With(err, fault.NeedDevelopmentKey, "")
}

// proofVerification checks a proof and what is expected of it.
type proofVerification struct {
	opts VerifyOptions
	key  *VerifierKey
}

func (v *proofVerification) verify(ctx context.Context, data []byte, on func(Event)) (*VerifySummary, error) {
	start, cpu := time.Now(), host.CPUTime()
	p, err := decodeProof(v.key, data)
	if err != nil {
		return nil, rejected(err)
	}
	id, err := v.key.verify(p)
	if err != nil {
		return nil, err
	}
	s := &VerifySummary{
		Accepted: true, ModelID: hexOf(id), SRS: p.srs.String(), Ceremony: v.key.Ceremony(), Development: p.development, PromptIDs: p.prompt.tokens,
		OutputIDs: p.output.tokens, Steps: int(p.steps), Mode: p.mode.String(), Label: p.label, KeyDigest: v.key.Digest(),
		Seconds: time.Since(start).Seconds(), CheckCPU: (host.CPUTime() - cpu).Seconds(),
		PromptTokens: p.prompt.n, OutputTokens: p.output.n,
	}
	if err := v.expected(s, p); err != nil {
		return nil, err
	}
	o := v.key.outline
	proven := &provenModel{s.ModelID, &o.Description, o.Layout.SegmentBits, v.key.opening.ID(), v.opts.Key}
	if err := s.texts(ctx, &v.opts, proven, on); err != nil {
		return nil, err
	}
	s.Statement = s.plain()
	return s, nil
}

// expected compares what was proven with what is expected.
func (v *proofVerification) expected(s *VerifySummary, p *compressed) error {
	o := &v.opts
	if o.ModelID != "" && !strings.EqualFold(o.ModelID, s.ModelID) {
		return fmt.Errorf("%w: model id: it is about %s, expected %.64s", ErrRejected, s.ModelID, o.ModelID)
	}
	if o.Label != nil && *o.Label != s.Label {
		return fmt.Errorf("%w: label: it is %q, expected %q", ErrRejected, s.Label, *o.Label)
	}
	if o.Mode != nil && *o.Mode != p.mode {
		return fmt.Errorf("%w: mode: it is %s, expected %s", ErrRejected, p.mode, *o.Mode)
	}
	if err := v.open(s, p); err != nil {
		return err
	}
	for _, part := range []struct {
		name     string
		expected bool
		ids      []int
	}{
		{"prompt", o.Prompt != nil || o.PromptIDs != nil, s.PromptIDs},
		{"output", o.Output != nil || o.OutputIDs != nil, s.OutputIDs},
	} {
		if part.expected && part.ids == nil {
			return fmt.Errorf("%w: %s: it is hidden, and what opens it is missing", ErrFormat, part.name)
		}
	}
	return nil
}

// isProof says whether Verify is given a file, not the folder of a store.
func isProof(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}
