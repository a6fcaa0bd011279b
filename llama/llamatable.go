package llama

// architectures are those that every reader of a model, of a commitment or of a verification
// key knows. A new architecture is added here and selected by the importers' configuration.
var architectures = []*Architecture{&llamaArchitecture}

// llamaArchitecture is the architecture of every LLaMA.
var llamaArchitecture = Architecture{
	Name: "llama",
	First: []Weight{
		{Kind: Embedding, Name: "embedding", Symbol: "Embedding", Rows: Vocab, Cols: Width},
	},
	Block: []Weight{
		{
			Kind: AttnNorm, Name: "attention norm", Symbol: "attn.gain", Cols: Width,
			Gain: func(l *Layer) (*[]int16, *int) { return &l.AttnGain, &l.AttnGainExp },
		},
		{
			Kind: Q, Name: "q", Symbol: "Q", Rows: Queries, Cols: Width, Norm: AttnNorm, Rotary: true,
			Linear: func(l *Layer) *Linear { return &l.Q },
		},
		{
			Kind: K, Name: "k", Symbol: "K", Rows: Keys, Cols: Width, Norm: AttnNorm, Rotary: true,
			Linear: func(l *Layer) *Linear { return &l.K },
		},
		{
			Kind: V, Name: "v", Symbol: "V", Rows: Keys, Cols: Width, Norm: AttnNorm,
			Linear: func(l *Layer) *Linear { return &l.V },
		},
		{
			Kind: O, Name: "o", Symbol: "O", Rows: Width, Cols: Queries,
			Linear: func(l *Layer) *Linear { return &l.O },
		},
		{
			Kind: FFNNorm, Name: "feed-forward norm", Symbol: "ffn.gain", Cols: Width,
			Gain: func(l *Layer) (*[]int16, *int) { return &l.FFNGain, &l.FFNGainExp },
		},
		{
			Kind: Gate, Name: "gate", Symbol: "Gate", Rows: Hidden, Cols: Width, Norm: FFNNorm,
			Linear: func(l *Layer) *Linear { return &l.Gate },
		},
		{
			Kind: Up, Name: "up", Symbol: "Up", Rows: Hidden, Cols: Width, Norm: FFNNorm,
			Linear: func(l *Layer) *Linear { return &l.Up },
		},
		{
			Kind: Down, Name: "down", Symbol: "Down", Rows: Width, Cols: Hidden,
			Linear: func(l *Layer) *Linear { return &l.Down },
		},
	},
	Last: []Weight{
		{Kind: FinalNorm, Name: "final norm", Cols: Width},
		{Kind: Head, Name: "head", Symbol: "Head", Rows: Vocab, Cols: Width, Norm: FinalNorm},
	},
	Rescales: []Rescale{
		rescaleQ: {
			Name: "q", Constant: "q", Of: Q, Saturates: true, MaxShift: 32, MaxImportShift: 32,
			In: attnExp, Out: func(l *Layer, _ Scales) int { return l.ExpQ },
			Field: func(k *Shifts) *int { return &k.Q },
		},
		rescaleK: {
			Name: "k", Constant: "k", Of: K, Saturates: true, MaxShift: 32, MaxImportShift: 32,
			In: attnExp, Out: func(l *Layer, _ Scales) int { return l.ExpK },
			Field: func(k *Shifts) *int { return &k.K },
		},
		rescaleV: {
			Name: "v", Constant: "v", Of: V, Saturates: true, MaxShift: 16, MaxImportShift: 16,
			In: attnExp, Out: valueExp,
			Field: func(k *Shifts) *int { return &k.V },
		},
		rescaleO: {
			Name: "o", Constant: "mid", Of: O, MaxShift: 16, MaxImportShift: 16,
			In: valueExp, Out: residualExp,
			Field: func(k *Shifts) *int { return &k.O },
		},
		rescaleGate: {
			Name: "gate", Constant: "gate", Of: Gate, Saturates: true, MaxShift: 16, MaxImportShift: 16,
			In: ffnExp, Out: func(_ *Layer, s Scales) int { return s.Gate },
			Field: func(k *Shifts) *int { return &k.Gate },
		},
		rescaleDown: {
			Name: "down", Constant: "out", Of: Down, MaxShift: 48, MaxImportShift: 32,
			In:    func(l *Layer, s Scales) int { return s.Silu + ffnExp(l, s) + l.Up.Exp },
			Out:   residualExp,
			Field: func(k *Shifts) *int { return &k.Down },
		},
		rescaleScore: {
			Name: "score", Constant: "score", MaxShift: 16, MaxImportShift: 16,
			In:    func(l *Layer, _ Scales) int { return l.ExpQ + l.ExpK },
			Out:   func(_ *Layer, s Scales) int { return s.Exp },
			Min:   func(c Config) int { return MinScoreShift(c.HeadDim) },
			Field: func(k *Shifts) *int { return &k.Score },
		},
	},
	Tables: []Table{
		{
			Name: "EXP", Symbol: "exp", Rows: Entry, Reversed: true, Rule: expRule, Check: checkExp,
			Entries: func(t *Tables) *[]int16 { return &t.Exp },
		},
		{
			Name: "SILU", Symbol: "silu", Rows: Entry, SignedInput: true, Of: Gate, Function: silu, Rule: siluRule,
			Entries: func(t *Tables) *[]int16 { return &t.Silu },
		},
		{
			Name: "cos", Symbol: "cos", Rows: Position, Cols: Pair, Rule: cosRule, Check: checkRotation,
			Entries: func(t *Tables) *[]int16 { return &t.Cos },
		},
		{
			Name: "sin", Symbol: "sin", Rows: Position, Cols: Pair, Rule: sinRule, Check: checkRotation,
			Entries: func(t *Tables) *[]int16 { return &t.Sin },
		},
	},
}

func attnExp(l *Layer, s Scales) int {
	attn, _ := l.NormExps(s)
	return attn
}

func ffnExp(l *Layer, s Scales) int {
	_, ffn := l.NormExps(s)
	return ffn
}

func valueExp(l *Layer, _ Scales) int { return l.ExpV }

func residualExp(_ *Layer, s Scales) int { return s.Residual }
