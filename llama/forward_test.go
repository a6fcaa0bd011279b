package llama

import (
	"math/big"
	"math/rand/v2"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"fold.example/fold/internal/kernel"
)

type cell interface {
	~int16 | ~uint16 | ~int32 | ~int64
}

// requireCells compares a traced tensor with rows of the reference.
func requireCells[C cell](t require.TestingT, name string, want tensor, got []C) {
	require.Len(t, got, len(want), name)
	for i := range want {
		if !want[i].IsInt64() || want[i].Int64() != int64(got[i]) {
			require.FailNow(t, "cells differ", "%s[%d]: want %s, got %d", name, i, want[i], got[i])
		}
	}
}

func requireWide(t require.TestingT, name string, want tensor, got []kernel.Int128) {
	require.Len(t, got, len(want), name)
	for i := range want {
		require.Zero(t, want[i].Cmp(got[i].Big()), "%s[%d]: want %s, got %s", name, i, want[i], got[i])
	}
}

// rows cuts the rows of a pass out of a tensor over all tokens.
func rows(x tensor, tokens int, tr *BlockTrace) tensor {
	w := len(x) / tokens
	return x[tr.Start*w : tr.Positions*w]
}

// scores cuts a pass's [T][Heads][P] out of [tokens][Heads][tokens].
func scores(x tensor, tokens int, c Config, tr *BlockTrace) (y tensor) {
	for r := tr.Start * c.Heads; r < tr.Positions*c.Heads; r++ {
		y = append(y, x[r*tokens:r*tokens+tr.Positions]...)
	}
	return y
}

func requireNorm(t require.TestingT, want refNorm, tokens int, tr *BlockTrace, got *NormTrace) {
	requireWide(t, "V", rows(want.v, tokens, tr), got.V)
	requireCells(t, "Inv", rows(want.inv, tokens, tr), got.Inv)
	requireCells(t, "N", rows(want.n, tokens, tr), got.N)
	requireCells(t, "Gained", rows(want.gained, tokens, tr), got.Gained)
}

// requireBlock compares every cell of a traced pass.
func requireBlock(t require.TestingT, c Config, x tensor, want refBlock, tokens int, tr *BlockTrace) {
	cut := func(x tensor) tensor { return rows(x, tokens, tr) }
	requireNorm(t, want.attn, tokens, tr, &tr.Attn)
	requireCells(t, "In", cut(x), tr.In)
	requireCells(t, "QAcc", cut(want.qAcc), tr.QAcc)
	requireCells(t, "KAcc", cut(want.kAcc), tr.KAcc)
	requireCells(t, "VAcc", cut(want.vAcc), tr.VAcc)
	requireCells(t, "QRot", cut(want.qRot), tr.QRot)
	requireCells(t, "KRot", cut(want.kRot), tr.KRot)
	requireCells(t, "Q", cut(want.q), tr.Q)
	requireCells(t, "K", cut(want.k), tr.K)
	requireCells(t, "V", cut(want.v), tr.V)
	requireCells(t, "Score", scores(want.score, tokens, c, tr), tr.Score)
	requireCells(t, "D", scores(want.d, tokens, c, tr), tr.D)
	requireCells(t, "E", scores(want.e, tokens, c, tr), tr.E)
	requireCells(t, "Max", cut(want.max), tr.Max)
	requireCells(t, "Sum", cut(want.sum), tr.Sum)
	requireCells(t, "Inv", cut(want.inv), tr.Inv)
	requireCells(t, "N", cut(want.n), tr.N)
	requireCells(t, "O", cut(want.o), tr.O)
	requireCells(t, "OAcc", cut(want.oAcc), tr.OAcc)
	requireCells(t, "Mid", cut(want.mid), tr.Mid)
	requireNorm(t, want.ffn, tokens, tr, &tr.FFN)
	requireCells(t, "GAcc", cut(want.gAcc), tr.GAcc)
	requireCells(t, "G", cut(want.g), tr.G)
	requireCells(t, "S", cut(want.s), tr.S)
	requireCells(t, "U", cut(want.u), tr.U)
	requireCells(t, "H", cut(want.h), tr.H)
	requireWide(t, "DownAcc", cut(want.downAcc), tr.DownAcc)
	requireCells(t, "Out", cut(want.out), tr.Out)
}

func requireHead(t require.TestingT, m *Model, x tensor, tr *HeadTrace) {
	norm := m.refNorm(x, nil)
	requireWide(t, "head V", norm.v, tr.Norm.V)
	requireCells(t, "head Inv", norm.inv, tr.Norm.Inv)
	requireCells(t, "head N", norm.n, tr.Norm.N)
	logits := refMul(m.Head, norm.n)
	requireCells(t, "Logits", logits, tr.Logits)
	for i := range tr.Tokens {
		best, row := 0, logits[i*m.Config.Vocab:(i+1)*m.Config.Vocab]
		for id := range row {
			if row[id].Cmp(row[best]) > 0 {
				best = id
			}
		}
		require.Equal(t, best, tr.Argmax[i])
	}
}

// Every integer of a trace equals the reference's, for random shapes, shifts, weights and
// passes. A residual that leaves 32 bits is refused at the place where the reference
// leaves them.
func TestForwardMatchesReference(t *testing.T) {
	refused, saturated := 0, int64(0)
	rapid.Check(t, func(t *rapid.T) {
		m := drawModel(t)
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "text"), 1))
		tokens := randomTokens(rng, m.Config, min(m.Config.Context, rapid.IntRange(1, 7).Draw(t, "tokens")))
		s := m.NewSession()
		x := m.refEmbed(tokens)
		state := make([]int32, len(x))
		require.NoError(t, s.Embed(tokens, state))
		for l := range m.Layers {
			want := m.refBlock(l, x)
			err := s.tracedBlock(t, rng, l, state, func(tr *BlockTrace) {
				if !want.midLeaves && !want.outLeaves {
					requireBlock(t, m.Config, x, want, len(tokens), tr)
				}
			})
			if want.midLeaves || want.outLeaves {
				require.ErrorIs(t, err, ErrResidual)
				refused++
				return
			}
			require.NoError(t, err)
			x = want.out
		}
		var head HeadTrace
		require.NoError(t, s.Head(state, &head))
		requireHead(t, m, x, &head)
		for _, c := range s.Saturations() {
			saturated += c.Saturated
		}
	})
	require.Positive(t, saturated, "no draw saturated")
	t.Logf("%d draws refused, %d cells saturated", refused, saturated)
}

// tracedBlock runs one block over all tokens of x in passes of random length.
func (s *Session) tracedBlock(t require.TestingT, rng *rand.Rand, layer int, x []int32, check func(*BlockTrace)) error {
	var tr BlockTrace
	d := s.model.Config.Dim
	for start := 0; start < len(x)/d; {
		end := start + 1 + rng.IntN(len(x)/d-start)
		if err := s.Block(layer, start, x[start*d:end*d], &tr); err != nil {
			return err
		}
		require.Equal(t, tr.Out, x[start*d:end*d])
		check(&tr)
		start = end
	}
	return nil
}

// Passes without a trace, of any length, give the same choices, logits and cache as traced
// ones.
func TestPassesOfAnyLengthAgree(t *testing.T) {
	for _, scheme := range []Scheme{W16, W8, Ternary} {
		t.Run(string(scheme), func(t *testing.T) {
			m := smallModel(t, scheme)
			tokens := randomTokens(rand.New(rand.NewPCG(1, 2)), m.Config, 32)
			whole := m.NewSession()
			want := logits(t, whole, tokens)
			rapid.Check(t, func(t *rapid.T) {
				s := m.NewSession()
				var got []int64
				for s.Len() < len(tokens) {
					end := rapid.IntRange(s.Len()+1, len(tokens)).Draw(t, "end")
					got = append(got, logits(t, s, tokens[s.Len():end])...)
				}
				require.Equal(t, want, got)
				require.Equal(t, whole.keys, s.keys)
				require.Equal(t, whole.values, s.values)
			})
		})
	}
}

// Results do not depend on the number of cores.
func TestCoresDecideNothing(t *testing.T) {
	m := smallModel(t, W8)
	tokens := randomTokens(rand.New(rand.NewPCG(3, 4)), m.Config, 40)
	s := m.NewSession()
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	want := logits(t, s, tokens)
	for _, cores := range []int{2, 7} {
		runtime.GOMAXPROCS(cores)
		s.Truncate(0)
		require.Equal(t, want, logits(t, s, tokens))
	}
}

func logits(t require.TestingT, s *Session, tokens []int) (all []int64) {
	next := s.Len()
	require.NoError(t, s.Logits(tokens, func(position int, logits []int64) error {
		require.Equal(t, next, position)
		next++
		all = append(all, logits...)
		return nil
	}))
	return all
}

func TestTruncateGoesBack(t *testing.T) {
	m := smallModel(t, W16)
	s := m.NewSession()
	tokens := []int{3, 1, 4, 1, 5, 9, 2, 6}
	first := logits(t, s, tokens)
	s.Truncate(3)
	require.Equal(t, 3, s.Len())
	require.Equal(t, first[3*m.Config.Vocab:], logits(t, s, tokens[3:]))
}

func TestSessionRefuses(t *testing.T) {
	m := smallModel(t, W16)
	s := m.NewSession()
	d := m.Config.Dim
	require.ErrorIs(t, s.Embed([]int{m.Config.Vocab}, make([]int32, d)), ErrToken)
	require.ErrorIs(t, s.Embed([]int{-1}, make([]int32, d)), ErrToken)
	require.Error(t, s.Embed([]int{1}, make([]int32, d+1)))
	require.ErrorIs(t, s.Block(0, 1, make([]int32, d), nil), ErrContext)
	require.ErrorIs(t, s.Block(0, 0, make([]int32, d*(m.Config.Context+1)), nil), ErrContext)
	require.Error(t, s.Block(m.Config.Layers, 0, make([]int32, d), nil))
	require.Error(t, s.Block(0, 0, make([]int32, d-1), nil))
	require.Error(t, s.Head(nil, new(HeadTrace)))
	_, err := s.Next(nil)
	require.Error(t, err)
	_, err = s.Next(make([]int, m.Config.Context+1))
	require.ErrorIs(t, err, ErrContext)
}

// The norm is exact at the ends of its ranges.
func TestNormExtremes(t *testing.T) {
	for _, x := range []int32{0, 1, -1, 1 << 30, -1 << 31, 1<<31 - 1} {
		for _, d := range []int{1, 7, 4096, MaxDim} {
			c, row := normConstant(d, 15), make([]int32, d)
			for i := range row {
				row[i] = x
			}
			v := sumSquares(row, 1)
			want := times(num(int64(x)), num(int64(x)))
			want = add(times(want, num(int64(d))), num(1))
			require.Zero(t, want.Cmp(v.Big()))
			inv := new(big.Int).Sqrt(floorDiv(c.Big(), want))
			require.Equal(t, inv.Uint64(), c.Quo(v).Sqrt())
			n := refRound(times(num(int64(x)), inv), normShift)
			require.LessOrEqual(t, n.CmpAbs(num(maxS16)), 0, "x %d d %d", x, d)
		}
	}
}
