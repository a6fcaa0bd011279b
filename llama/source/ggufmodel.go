package source

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"regexp"
	"strings"

	"fold.example/fold/llama"
)

// openGGUF opens a GGUF file, and the other parts of a split file beside it. On an error
// f stays open.
func openGGUF(f *file) (*model, error) {
	g, err := readGGUF(f, f.size)
	if err != nil {
		return nil, err
	}
	parts, err := g.openParts(f.Name())
	m := &model{files: append([]io.Closer{f}, parts...)}
	if err == nil {
		err = m.bindGGUF(g)
	}
	if err != nil {
		for _, p := range parts {
			err = errors.Join(err, p.Close())
		}
		return nil, err
	}
	m.format = fmt.Sprintf("GGUF version %d", g.version)
	if len(parts) > 0 {
		m.format += fmt.Sprintf(", %d parts", len(parts)+1)
	}
	m.tokenizer = func() (TokenizerMaterial, error) { return ggufTokenizer(g.meta) }
	return m, nil
}

var ggufSplitName = regexp.MustCompile(`^(.*)-(\d{5})-of-(\d{5})\.gguf$`)

// openParts opens parts 2 to n of a split file and adds their tensors to g.
func (g *gguf) openParts(path string) (files []io.Closer, err error) {
	f := fields{meta: g.meta}
	count, no := f.integer("split.count", 1), f.integer("split.no", 0)
	if f.err == nil && (count < 0 || no < 0) {
		f.err = corrupt("split.no is %d and split.count %d, expected no negative number", no, count)
	}
	if f.err != nil || count <= 1 {
		return nil, f.err
	}
	name := ggufSplitName.FindStringSubmatch(filepath.Base(path))
	if name == nil || name[3] != fmt.Sprintf("%05d", count) {
		return nil, unsupported("a file split into %d parts, expected the name NAME-00001-of-%05d.gguf: "+
			"rename it", count, count)
	}
	if no != 0 || name[2] != "00001" {
		return nil, unsupported("part %d of a split file; give the first part, %s-00001-of-%s.gguf", no+1, name[1],
			name[3])
	}
	for i := 1; i < count; i++ {
		part := filepath.Join(filepath.Dir(path), fmt.Sprintf("%s-%05d-of-%s.gguf", name[1], i+1, name[3]))
		p, err := openFile(part)
		if err != nil {
			return files, err
		}
		files = append(files, p)
		if err := g.addPart(p, i); err != nil {
			return files, fmt.Errorf("%s: %w", filepath.Base(part), err)
		}
	}
	return files, nil
}

func (g *gguf) addPart(p *file, i int) error {
	part, err := readGGUF(p, p.size)
	if err != nil {
		return err
	}
	f := fields{meta: part.meta}
	if no := f.integer("split.no", -1); f.err != nil || no != i {
		return corrupt("split.no is %d, expected %d", no, i)
	}
	for name, b := range part.blobs {
		if _, double := g.blobs[name]; double {
			return corrupt("tensor %q in two parts, expected it in one", name)
		}
		g.blobs[name] = b
	}
	return nil
}

// ropeFactors is the tensor of the numbers that divide the frequency of each pair.
const ropeFactors = "rope_freqs.weight"

// bindGGUF reads the configuration and finds all tensors. It refuses a file with tensors
// of other names.
func (m *model) bindGGUF(g *gguf) error {
	c, err := g.config()
	if err != nil {
		return err
	}
	if err := checkConfig(c); err != nil {
		return err
	}
	v := newInventory(g.blobs)
	if c.Rope, err = ggufRope(v, c); err != nil {
		return err
	}
	m.config, m.tensors = c, make(map[Tensor]matrix)
	for t := range Tensors(c) {
		b, err := v.take(GGUFName(t))
		if err != nil {
			return err
		}
		rows, cols := Shape(c, t.Kind)
		x, err := b.stored(rows, cols)
		if err != nil {
			return err
		}
		m.tensors[t] = x
	}
	return v.leftover(func(name string) bool { // old files store the RoPE frequencies of each layer
		return strings.HasPrefix(name, "blk.") && strings.HasSuffix(name, ".attn_rot_embd.weight")
	})
}

// ggufRope returns c.Rope with the scaling of the tensor ropeFactors, if the file has it.
func ggufRope(v *inventory, c llama.Config) (llama.Rope, error) {
	r := c.Rope
	if _, ok := v.blobs[ropeFactors]; !ok {
		return r, nil
	}
	if r.Scaling.Kind != "" {
		return r, unsupported("RoPE scaling both %s and by %s, expected one of them", r.Scaling.Kind, ropeFactors)
	}
	b, err := v.take(ropeFactors)
	if err != nil {
		return r, err
	}
	x, err := b.stored(1, c.HeadDim/2)
	if err != nil {
		return r, err
	}
	values := make([]float32, c.HeadDim/2)
	if err := x.read(0, 1, values); err != nil {
		return r, err
	}
	factors := make([]float64, len(values))
	for i, f := range values {
		factors[i] = decimal(f)
	}
	r.Scaling = scalingOf(r.Theta, factors)
	c.Rope = r
	return r, checkConfig(c)
}
