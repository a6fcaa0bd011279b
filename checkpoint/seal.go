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

// maxSeal bounds the length of SEAL in bytes; each file takes a line of about 100 bytes.
const maxSeal = 64 << 20

// seal writes SEAL for a store that is being closed: the digests of all files in the format
// of sha256sum, and a last line with the digest of these lines. SEAL is removed before the
// next change.
func (f folder) seal() error {
	// The engine deletes files without syncing the folder. A file that reappeared after a
	// power failure would not be in SEAL.
	if err := f.syncDir(f.path(engineName)); err != nil {
		return err
	}
	text, err := f.digests()
	if err != nil {
		return err
	}
	return f.replace(sealName, sealTemp, text)
}

// checkSeal compares every file with SEAL. It returns false if there is no SEAL, as in a
// store whose process was killed. The error wraps ErrCorrupt.
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

// digests returns the contents of SEAL for the current files.
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

// ownDigest returns the last line of SEAL for the lines before it.
func ownDigest(lines []byte) string {
	return fmt.Sprintf("# %s\n", Digest(sha256.Sum256(lines)))
}

// digest returns the SHA-256 of a file.
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

// cutLast splits a text into the last line and the lines before it.
func cutLast(text []byte) (lines, last []byte) {
	at := bytes.LastIndexByte(bytes.TrimSuffix(text, []byte("\n")), '\n') + 1
	return text[:at], text[at:]
}

// difference describes the first difference between the lines of SEAL and the current ones.
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
