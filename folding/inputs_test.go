package folding_test

import (
	"fmt"
	"reflect"
	"testing"

	"github.com/consensys/gnark-crypto/ecc"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/consensys/gnark/frontend"
	"github.com/stretchr/testify/require"

	"fold.example/fold/folding"
)

// variablesOf is a circuit whose variables are inputs and which constrains nothing.
type variablesOf[I any] struct{ Inputs I }

func (variablesOf[I]) Define(frontend.API) error { return nil }

// number gives every variable of inputs, in the order of the fields, another value.
func number(v reflect.Value, next *uint64) {
	switch {
	case v.Kind() == reflect.Struct:
		for i := range v.NumField() {
			number(v.Field(i), next)
		}
	case v.Kind() == reflect.Array, v.Kind() == reflect.Slice:
		for i := range v.Len() {
			number(v.Index(i), next)
		}
	default:
		*next++
		v.Set(reflect.ValueOf(*next))
	}
}

// Inputs are listed for the prover in the order in which gnark reads the same fields of a
// circuit: no variable is left out, and none is another one's.
func TestInputsAreInTheCircuitsOrder(t *testing.T) {
	augmented := variablesOf[folding.AugmentedInputs[frontend.Variable]]{
		*folding.NewAugmentedInputs[frontend.Variable](points{}),
	}
	cycle := variablesOf[folding.CycleFoldInputs[frontend.Variable]]{
		*folding.NewCycleFoldInputs[frontend.Variable](points{}.Operations()),
	}
	var count uint64
	number(reflect.ValueOf(&augmented).Elem(), &count)
	number(reflect.ValueOf(&cycle).Elem(), &count)
	check := func(c frontend.Circuit, public, private []frontend.Variable) {
		w, err := frontend.NewWitness(c, ecc.BN254.ScalarField())
		require.NoError(t, err)
		have := w.Vector().(fr.Vector)
		require.Len(t, have, len(public)+len(private))
		for i, v := range append(public, private...) {
			require.Equal(t, fmt.Sprint(v), have[i].String(), "input %d", i)
		}
	}
	public, private := augmented.Inputs.Inputs()
	check(augmented, public, private)
	public, private = cycle.Inputs.Inputs()
	check(cycle, public, private)
}
