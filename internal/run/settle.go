package run

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"time"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold.example/fold/folding"
	"fold.example/fold/internal/fault"
	"fold.example/fold/internal/files"
	"fold.example/fold/internal/progress"
	"fold.example/fold/step"
)

// Before its masks, a settlement is a function of the run and its secrets, and everything
// except folding its steps takes little time. Therefore only the recursion's state is
// saved, and everything else is recomputed. A state after a mask is never saved: masks and
// salts are drawn for one proof, and a second proof from that state would share them.

// SettlementName is the settlement file in a store: magic, the digest of the state in which
// the settlement began, the digest of the rest, and the recursion's state.
const (
	SettlementName  = "settlement.bin"
	settlementMagic = "foldset2"
)

// keepEvery is the time between two saves of a settlement's state.
const keepEvery = 20 * time.Second

func (c *Compression) settlementFile() string { return filepath.Join(c.dir, SettlementName) }

// settle proves all steps of the settlement.
func (c *Compression) settle(ctx context.Context) (*step.SettlementRun, error) {
	r := c.Recursion
	base := sha256.Sum256(r.Encode(r.State))
	kept, err := c.readSettlement(base)
	if err != nil {
		return nil, err
	}
	at := r.State.I
	c.StepProver.InContext(func(z []fr.Element) fr.Element { return folding.Context(r.Digest(), at, z) })
	c.entered(progress.Settlement)
	progress.Emit(c.on, progress.Report{Stage: "settle"})
	q, err := c.StepProver.Settlement(c.Weights)
	if err != nil {
		return nil, err
	}
	if c.masks = at + uint64(q.Steps()-q.Masked()); kept != nil && kept.I > c.masks {
		return nil, fmt.Errorf("%w: %s: a state after %d steps, the masks begin after %d", fault.ErrCorrupt,
			SettlementName, kept.I, c.masks)
	}
	told, total, last := progress.NewMeter(c.on), q.Steps(), time.Now()
	for ; ; at++ {
		w, err := r.Function.SettleNext(ctx, q)
		if err == nil && w == nil {
			return q, nil
		}
		if err == nil {
			err = c.settled(w, at+1, kept)
		}
		if err != nil {
			return nil, errors.Join(err, c.keepSettlement(base))
		}
		told.Report("settle", int(at)-c.Steps()+1, total)
		if time.Since(last) > keepEvery || at+1 == c.masks {
			if err := c.keepSettlement(base); err != nil {
				return nil, err
			}
			last = time.Now()
		}
	}
}

// settled folds step number n of the recursion, a step of the settlement. Steps before the
// saved state are skipped; at that step the saved state is restored.
func (c *Compression) settled(w *step.FunctionWitness, n uint64, kept *folding.State) error {
	switch {
	case kept != nil && n < kept.I:
		return nil
	case kept != nil && n == kept.I:
		return c.Recursion.GoOn(kept, w.Z)
	}
	c.entered(progress.SettlementRecursion)
	err := c.Recursion.Fold(w, c.Secret)
	c.entered(progress.Settlement)
	if err == nil {
		c.now++
	}
	return err
}

// keepSettlement saves the recursion's state if the state includes new steps of the
// settlement and no mask.
func (c *Compression) keepSettlement(base [sha256.Size]byte) error {
	if c.now == 0 || c.Recursion.State.I > c.masks {
		return nil
	}
	return files.Write(c.settlementFile(), encodeSettlement(base, c.Recursion.Encode(c.Recursion.State)), 0o600)
}

// readSettlement returns the saved state of this settlement, or nil if there is none.
func (c *Compression) readSettlement(base [sha256.Size]byte) (*folding.State, error) {
	data, err := files.Read(c.settlementFile(), maxSettlement)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	state, err := parseSettlement(data, base)
	if err != nil {
		err := fmt.Errorf("%s: %w", c.settlementFile(), err)
		return nil, fault.With(err, fault.NeedSettlementRemoved, c.settlementFile())
	}
	if state == nil {
		return nil, nil
	}
	s, err := c.Recursion.Decode(state)
	if err != nil {
		return nil, fmt.Errorf("%w: %s: %w", fault.ErrCorrupt, c.settlementFile(), err)
	}
	return s, nil
}

// parseSettlement returns the encoded state in a settlement file. It returns nil if the
// file belongs to a settlement that did not begin with base, such as that of the run before
// it was extended. The error wraps ErrFormat for another version of the file, and
// ErrCorrupt otherwise.
func parseSettlement(data []byte, base [sha256.Size]byte) ([]byte, error) {
	const head = len(settlementMagic) + 2*sha256.Size
	const kind = len(settlementMagic) - 1 // the version follows
	switch magic := string(data[:min(len(data), len(settlementMagic))]); {
	case len(magic) > kind && magic != settlementMagic && magic[:kind] == settlementMagic[:kind]:
		return nil, fmt.Errorf("%w: a settlement of version %q, expected version %q",
			fault.ErrFormat, magic[kind:], settlementMagic[kind:])
	case len(data) < head || magic != settlementMagic:
		return nil, fmt.Errorf("%w: it has %d bytes and begins with %.8q, expected at least %d and %q",
			fault.ErrCorrupt, len(data), magic, head, settlementMagic)
	}
	of, sum, state := data[len(settlementMagic):][:sha256.Size], data[head-sha256.Size:head], data[head:]
	if !bytes.Equal(of, base[:]) {
		return nil, nil
	}
	if have := sha256.Sum256(state); !bytes.Equal(have[:], sum) {
		return nil, fmt.Errorf("%w: its digest is another", fault.ErrCorrupt)
	}
	return state, nil
}

// encodeSettlement is the inverse of parseSettlement.
func encodeSettlement(base [sha256.Size]byte, state []byte) []byte {
	sum := sha256.Sum256(state)
	return slices.Concat([]byte(settlementMagic), base[:], sum[:], state)
}

// maxSettlement is the maximum length of a settlement file in bytes.
const maxSettlement = 1 << 28
