package step

import (
	"math/rand/v2"
	"os"
	"testing"
	"time"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/stretchr/testify/require"

	"fold/internal/commit"
	"fold/llama/synthetic"
)

func TestBig(t *testing.T) {
	name := os.Getenv("SHAPE")
	if name == "" {
		t.Skip()
	}
	c, err := synthetic.Shape(name)
	require.NoError(t, err)
	m, err := synthetic.Model(c, 1, 256, 1)
	require.NoError(t, err)
	rng := rand.New(rand.NewPCG(1, 2))
	p := newPass(t, rng, m, 1, 0, 6)
	w := p.blocks(t, 0)
	key, err := commit.SetupDevelopment(1 << w.Program.CellBits)
	require.NoError(t, err)
	r := &run{pass: p, prover: NewProver(key)}
	l := newPlan(w.Program)
	r.slots = Slots{w.Program.CellBits, l.cacheBits}
	for i, n := range []int{r.slots.Cells, r.slots.Cache} {
		r.secrets.Running[i].Values = make(fr.Vector, 1<<n)
		r.next.Running[i].Point = make([]fr.Element, n)
	}
	r.secrets.Blind = func(string) (b fr.Element) { b.MustSetRandom(); return }
	cells := 0
	for i := range w.Program.Tensors {
		if tt := &w.Program.Tensors[i]; tt.Home == Cells {
			cells += w.Program.Extents.LiveCells(tt.Space)
		}
	}
	t.Log("cells", cells, cells/64, "bits", w.Program.CellBits)
	for range 2 {
		start := cpu()
		last, lastWall := start, time.Now()
		phase := Phase("before")
		r.prover.Observe = func(p Phase) {
			t.Logf("%-12s cpu %v wall %v", phase, cpu()-last, time.Since(lastWall))
			phase, last, lastWall = p, cpu(), time.Now()
		}
		a, s, proof := r.prove(t, w, 0)
		t.Log("cpu", cpu()-start)
		_, err = a.Verify(s, proof)
		require.NoError(t, err)
		r.next.Running[0].Value = fr.Element{}
		clear(r.secrets.Running[0].Values)
		clear(r.secrets.Running[1].Values)
		r.secrets.Running[0].Blind = fr.Element{}
		r.secrets.Running[1].Blind = fr.Element{}
		r.next = Statement{Context: fr.NewElement(42)}
		for i, n := range []int{r.slots.Cells, r.slots.Cache} {
			r.next.Running[i].Point = make([]fr.Element, n)
		}
	}
}
