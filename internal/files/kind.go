package files

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"fold/internal/fault"
)

// Field is something that a file says of itself.
type Field struct {
	Name  string `json:"name"`
	Value any    `json:"value"`
}

// Description says what a file is.
type Description struct {
	Kind   string  `json:"kind"`
	Fields []Field `json:"fields"`
}

// Kind is a kind of file: how it is known and what it says of itself. The package that reads a
// kind declares it, so that no other package knows its format.
type Kind struct {
	// Name is the kind in words.
	Name string
	// Magic is what a binary file begins with; "" for JSON.
	Magic string
	// Format is the value of the field "format", or "magic", of a JSON file; "" if the kind
	// has no such field. There is one such kind at most in a registry.
	Format string
	// Folder is the name of the file that makes a folder one of this kind; "" if none does.
	Folder string
	// Describe reads the file at path, or the Folder file of a folder. Errors say the path.
	Describe func(path string) ([]Field, error)
}

// Registry lists kinds of files.
type Registry []Kind

// maxDescribed bounds the size of a JSON file that is looked at, in bytes.
const maxDescribed = 128 << 20

// Describe says what a file or a folder is. A file that is of no kind is an error that wraps
// fault.ErrFormat; so is a folder, for which the description is nil and the error too.
func (r Registry) Describe(path string) (*Description, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		return r.folder(path)
	}
	k, err := r.kindOf(path)
	if err != nil {
		return nil, err
	}
	return k.describe(path)
}

func (k *Kind) describe(path string) (*Description, error) {
	fields, err := k.Describe(path)
	if err != nil {
		return nil, err
	}
	return &Description{k.Name, fields}, nil
}

func (r Registry) folder(path string) (*Description, error) {
	for i := range r {
		mark := filepath.Join(path, r[i].Folder)
		if _, err := os.Stat(mark); err == nil && r[i].Folder != "" {
			return r[i].describe(mark)
		}
	}
	return nil, nil
}

// kindOf tells a file's kind from its magic or, if it is JSON, from what it says it is.
func (r Registry) kindOf(path string) (*Kind, error) {
	head, err := Head(path, 8)
	if err != nil {
		return nil, err
	}
	for i := range r {
		if m := r[i].Magic; m != "" && bytes.HasPrefix(head, []byte(m)) {
			return &r[i], nil
		}
	}
	if !bytes.HasPrefix(head, []byte("{")) {
		return nil, fmt.Errorf("%w: %s is no file of fold's: it begins with %q", fault.ErrFormat, path, head)
	}
	data, err := Read(path, maxDescribed)
	if err != nil {
		return nil, err
	}
	var says struct{ Format, Magic string }
	if err := json.Unmarshal(data, &says); err != nil {
		return nil, fmt.Errorf("%w: %s is no file of fold's: %w", fault.ErrFormat, path, err)
	}
	for i := range r {
		if k := &r[i]; k.Magic == "" && (k.Format == says.Format || k.Format == says.Magic && k.Format != "") {
			return k, nil
		}
	}
	return nil, fmt.Errorf("%w: %s is no file of fold's: JSON of another kind, %.40q", fault.ErrFormat, path, says.Format)
}
