package checkpoint

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
)

// maxSeal bounds SEAL: a line of some 100 bytes for every file.
const maxSeal = 64 << 20

// seal writes the digests of all files of a store that is being closed, as
// sha256sum does, and a last line with the digest of the lines before it. It is
// removed before anything is changed again.
func (f folder) seal() error {
	// The engine does not wait for its deletions: a file that came back after a power
	// failure would be one too many.
	if err := f.syncDir(f.path(engineName)); err != nil {
		return err
	}
	text, err := f.digests()
	if err != nil {
		return err
	}
	return f.replace(sealName, sealTemp, text)
}

// checkSeal compares every file with SEAL. A store whose process was killed has no
// seal, and is told by false.
func (f folder) checkSeal() (bool, error) {
	found, err := f.read(sealName, maxSeal)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	lines, own := cutLast(found)
	if string(own) != ownDigest(lines) {
		return false, corrupt("%s: its last line does not match the lines before it", f.path(sealName))
	}
	now, err := f.digests()
	if err != nil {
		return false, err
	}
	if now, _ = cutLast(now); !bytes.Equal(now, lines) {
		return false, corrupt("%s: %s", f.path(sealName), difference(lines, now))
	}
	return true, nil
}

// digests returns the contents of SEAL for the folder as it is.
func (f folder) digests() ([]byte, error) {
	names, err := f.List(f.path(engineName))
	if err != nil {
		return nil, engineError("listing "+f.path(engineName), err)
	}
	slices.Sort(names)
	files := [][]string{{headName}, {MetaName}}
	for _, name := range names {
		files = append(files, []string{engineName, name})
	}
	var out bytes.Buffer
	for _, name := range files {
		sum, err := f.digest(name...)
		if err != nil {
			return nil, engineError("reading", err)
		}
		fmt.Fprintf(&out, "%s  %s\n", sum, f.PathJoin(name...))
	}
	out.WriteString(ownDigest(out.Bytes()))
	return out.Bytes(), nil
}

func ownDigest(lines []byte) string {
	return fmt.Sprintf("# %s\n", Digest(sha256.Sum256(lines)))
}

func (f folder) digest(name ...string) (Digest, error) {
	if err := f.regular(f.path(name...)); err != nil {
		return Digest{}, err
	}
	file, err := f.Open(f.path(name...))
	if err != nil {
		return Digest{}, err
	}
	defer file.Close()
	h := sha256.New()
	if _, err := io.CopyBuffer(h, struct{ io.Reader }{file}, make([]byte, 256<<10)); err != nil {
		return Digest{}, fmt.Errorf("%s: %w", f.path(name...), err)
	}
	return Digest(h.Sum(nil)), nil
}

// cutLast splits the last line off.
func cutLast(text []byte) (lines, last []byte) {
	at := bytes.LastIndexByte(bytes.TrimSuffix(text, []byte("\n")), '\n') + 1
	return text[:at], text[at:]
}

// difference names the first file that is not as it was.
func difference(was, is []byte) string {
	a, b := bufio.NewScanner(bytes.NewReader(was)), bufio.NewScanner(bytes.NewReader(is))
	for a.Scan() {
		if !b.Scan() {
			return "missing: " + a.Text()
		}
		if a.Text() != b.Text() {
			return fmt.Sprintf("found %q, expected %q", b.Text(), a.Text())
		}
	}
	b.Scan()
	return "not expected: " + b.Text()
}
