package fold

import "fold/step"

// payload is what a store keeps as the proof of a step, made by its prover and
// checked by whoever verifies the store, in order.
type payload interface {
	make(p *step.Proven) ([]byte, error)
	// check takes v over the step. Errors wrap step.ErrRun or step.ErrEncoding.
	check(v *step.RunVerifier, b []byte) error
}

// stepProofs keeps every step's own proof.
type stepProofs struct{}

func (stepProofs) make(p *step.Proven) ([]byte, error) { return p.EncodeStep() }

func (stepProofs) check(v *step.RunVerifier, b []byte) error {
	s, err := v.DecodeStep(b)
	if err != nil {
		return err
	}
	return v.Step(s)
}
