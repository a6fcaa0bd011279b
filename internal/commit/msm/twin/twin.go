// Package twin derives the source of package grumpkin from that of package msm, for the
// generator and for the test that compares its output.
package twin

import (
	"bytes"
	"fmt"
	"go/format"
	"os"
	"path/filepath"
	"strings"
)

// notCopied are the files that exist only in package msm.
var notCopied = map[string]bool{"doc.go": true, "gen.go": true, "twin_test.go": true,
	"comb.go": true, "comb_test.go": true, "bench_test.go": true}

// Files returns the generated files by name, given the folder of package msm. Errors are
// those of reading and formatting the sources.
func Files(folder string) (map[string][]byte, error) {
	names, err := filepath.Glob(filepath.Join(folder, "*.go"))
	if err != nil {
		return nil, err
	}
	files := map[string][]byte{}
	for _, name := range names {
		base := filepath.Base(name)
		if notCopied[base] {
			continue
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		if files[base], err = derive(base, text); err != nil {
			return nil, err
		}
	}
	return files, nil
}

// derive replaces the curve in the source text of a file.
func derive(name string, text []byte) ([]byte, error) {
	text = bytes.ReplaceAll(text, []byte("gnark-crypto/ecc/bn254"), []byte("gnark-crypto/ecc/grumpkin"))
	text = bytes.Replace(text, []byte("package msm\n"), []byte("package grumpkin\n"), 1)
	text = []byte(fmt.Sprintf("// Code generated from ../%s by gen.go. DO NOT EDIT.\n\n%s", name, text))
	out, err := format.Source(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", strings.TrimSpace(name), err)
	}
	return out, nil
}
