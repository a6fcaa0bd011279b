package quantize

import "fold/llama"

// ruled returns exponents with what rule 4 says without calibration: those that
// follow from the configuration, and the others in the ranges that calibration
// keeps. Exponents that calibration gave are returned as they are.
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

// scales compares the scales of the model with those of the import, which decide
// all others. Those of an exact check are calibrated, others are the model's own
// as far as the rules allow them.
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
