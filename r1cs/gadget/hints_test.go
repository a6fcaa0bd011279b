package gadget

import (
	csfr "github.com/consensys/gnark/constraint/bn254"
	csfq "github.com/consensys/gnark/constraint/grumpkin"
	"github.com/consensys/gnark/constraint/solver"

	"fold.example/fold/internal/curve"
)

// hintsOf lists the hints that a system calls.
func hintsOf[E curve.Element](s *System[E]) (ids []solver.HintID) {
	switch cs := s.cs.(type) {
	case *csfr.R1CS:
		for id := range cs.MHintsDependencies {
			ids = append(ids, id)
		}
	case *csfq.R1CS:
		for id := range cs.MHintsDependencies {
			ids = append(ids, id)
		}
	}
	return
}
