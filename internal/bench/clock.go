package bench

import (
	"runtime"
	"time"

	"github.com/consensys/gnark-crypto/ecc"
	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold/internal/host"
	"fold/step"
)

// clock measures the phases of a proof in core time.
type clock struct {
	s          *Summary
	times      map[step.Phase]time.Duration
	now        step.Phase
	start      time.Duration // of the phase, in core time
	begun      time.Duration // of the proof, in core time
	begunClock time.Time
}

func newClock(s *Summary) *clock {
	c := host.CPUTime()
	return &clock{s: s, times: map[step.Phase]time.Duration{}, start: c, begun: c, begunClock: time.Now()}
}

func (c *clock) phase(p step.Phase) {
	t := host.CPUTime()
	c.times[c.now] += t - c.start
	c.now, c.start = p, t
}

// finish writes the times a cell.
func (c *clock) finish() {
	perCell := func(d time.Duration) float64 { return float64(d.Nanoseconds()) / float64(c.s.Cells) }
	core := host.CPUTime() - c.begun
	c.s.PerCell = perCell(core)
	c.s.WallShare = float64(time.Since(c.begunClock)) / float64(core)
	for p, to := range map[step.Phase]*float64{
		step.PhaseCommit: &c.s.Commit, step.PhaseLookup: &c.s.Lookup, step.PhaseElementwise: &c.s.Elementwise,
		step.PhaseProducts: &c.s.Products, step.PhaseReduce: &c.s.Reduce, step.PhaseFold: &c.s.Fold,
	} {
		*to = perCell(c.times[p])
	}
}

// referenceBits is log2 of how many cells the reference commits to.
const referenceBits = 20

// reference is what gnark-crypto's MultiExp takes a cell for the bit patterns of
// the witness' first cells, in nanoseconds of core time.
func (b *bench) reference() (float64, error) {
	n := 1 << referenceBits
	scalars := make(fr.Vector, n)
	cells := b.witness.Sample(n)
	for i := range scalars {
		scalars[i].SetUint64(uint64(cells[i%len(cells)]))
	}
	config := ecc.MultiExpConfig{NbTasks: runtime.GOMAXPROCS(0)}
	start := host.CPUTime()
	if _, err := new(bn254.G1Affine).MultiExp(b.key.Points()[:n], scalars, config); err != nil {
		return 0, err
	}
	return float64((host.CPUTime() - start).Nanoseconds()) / float64(n), nil
}
