package llama

// Config is the shape of a LLaMA-architecture model.
type Config struct {
	Dim     int     `json:"dim"`      // width of the residual stream, d
	Hidden  int     `json:"hidden"`   // width of the feed-forward part
	Layers  int     `json:"layers"`   // transformer blocks, L
	Heads   int     `json:"heads"`    // query heads
	KVHeads int     `json:"kv_heads"` // key/value heads; divides Heads
	HeadDim int     `json:"head_dim"` // width of a head, hd; even
	Vocab   int     `json:"vocab"`    // token ids are 0 .. Vocab-1, V
	Context int     `json:"context"`  // positions are 0 .. Context-1
	RMSEps  float64 `json:"rms_eps"`
	Rope    Rope    `json:"rope"`
	Tied    bool    `json:"tied"` // the head's weights are the embedding's
}

// Rope says by which angle a pair of coordinates turns at a position.
type Rope struct {
	Theta   float64     `json:"theta"`
	Scaling RopeScaling `json:"scaling,omitempty"`
}

// RopeScaling stretches the angles for contexts longer than the model was
// first trained on. Kind is "" (none), "linear" or "llama3".
type RopeScaling struct {
	Kind            string  `json:"kind,omitempty"`
	Factor          float64 `json:"factor,omitempty"`
	LowFreqFactor   float64 `json:"low_freq_factor,omitempty"`  // llama3
	HighFreqFactor  float64 `json:"high_freq_factor,omitempty"` // llama3
	OriginalContext int     `json:"original_context,omitempty"` // llama3
}
