package quantize

import "fold.example/fold/llama"

// ruled applies the parts of rule 4 that need no calibration: it computes the exponents
// that follow from the configuration and clamps the others to the ranges of calibrated
// exponents. Exponents that calibration gave do not change.
func (e Exponents) ruled(cfg llama.Config, embedding float64) (Exponents, error) {
	e.fix(cfg)
	e.Residual = clamp(min(e.Residual, floorLog2(32767/embedding)), 0, maxResidual)
	given := e
	e.Q, e.K, e.V = nil, nil, nil
	for l := range cfg.Layers {
		bound := func(exp int) int { return clamp(exp, -maxExp, maxExp) }
		q, k, err := fitScore(bound(given.Q[l]), bound(given.K[l]), cfg.HeadDim)
		if err != nil {
			return e, err
		}
		e.Q, e.K, e.V = append(e.Q, q), append(e.K, k), append(e.V, bound(given.V[l]))
	}
	return e, nil
}

// scales compares the model's scales with the scales of the import. An exact check
// calibrates the import's exponents; otherwise they are the model's own, corrected by
// ruled.
func (c *comparer) scales(im *importer) (err error) {
	if !c.exact {
		im.exps, err = im.exps.ruled(im.cfg, im.largestEmbedding())
		if err != nil {
			return err
		}
	}
	got, want := c.model.Scales, im.exps.scales(im.cfg)
	for _, s := range []struct {
		name            string
		found, expected any
	}{
		{"residual", got.Residual, want.Residual}, {"norm", got.Norm, want.Norm}, {"gate", got.Gate, want.Gate},
		{"silu", got.Silu, want.Silu}, {"exp", got.Exp, want.Exp}, {"softmax", got.Softmax, want.Softmax},
		{"eps", got.Eps, want.Eps},
	} {
		c.value("scale "+s.name, s.found, s.expected)
	}
	return nil
}
