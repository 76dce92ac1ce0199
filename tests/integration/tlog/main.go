// SPDX-License-Identifier: BSD-2-Clause

// Reads a feed as any client of the C2SP log formats would, with Go's own packages: opens
// the checkpoint with the log's vkey, authenticates every entry through the hash tiles, and
// prints the entries. Usage: main FEED-URL VKEY TOKEN; a file:// URL reads a folder.
package main

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

var feed, token string

func get(path string) []byte {
	req, err := http.NewRequest("GET", feed+"/"+path, nil)
	if err != nil {
		log.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		log.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != 200 {
		log.Fatalf("%s: %s %v %s", path, resp.Status, err, body)
	}
	return body
}

// The name of a tile in C2SP's layout, which has no tile height in it.
func name(t tlog.Tile) string {
	return strings.Replace(t.Path(), "tile/8/", "tile/", 1)
}

type tiles struct{}

func (tiles) Height() int                     { return 8 }
func (tiles) SaveTiles([]tlog.Tile, [][]byte) {}
func (tiles) ReadTiles(t []tlog.Tile) ([][]byte, error) {
	var out [][]byte
	for _, tile := range t {
		out = append(out, get(name(tile)))
	}
	return out, nil
}

func checkpoint(vkey string) tlog.Tree {
	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		log.Fatal(err)
	}
	signed, err := note.Open(get("checkpoint"), note.VerifierList(verifier))
	if err != nil {
		log.Fatal(err)
	}
	lines := strings.Split(signed.Text, "\n")
	if len(lines) != 4 || lines[0] != verifier.Name() {
		log.Fatalf("not three lines with the log's name first: %q", signed.Text)
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		log.Fatal(err)
	}
	root, err := base64.StdEncoding.DecodeString(lines[2])
	if err != nil || len(root) != tlog.HashSize {
		log.Fatalf("root hash %q", lines[2])
	}
	tree := tlog.Tree{N: size}
	copy(tree.Hash[:], root)
	return tree
}

// Tile N of the entries, cut into its entries.
func entries(n int64, width int) [][]byte {
	path := strings.Replace(name(tlog.Tile{H: 8, L: 0, N: n, W: width}), "tile/0/",
		"tile/entries/", 1)
	data := get(path)
	var out [][]byte
	for len(data) > 0 {
		if len(data) < 2 || len(data) < 2+int(binary.BigEndian.Uint16(data)) {
			log.Fatalf("%s: cut off", path)
		}
		size := int(binary.BigEndian.Uint16(data))
		out = append(out, data[2:2+size])
		data = data[2+size:]
	}
	if len(out) != width {
		log.Fatalf("%s: %d entries, not %d", path, len(out), width)
	}
	return out
}

func main() {
	if len(os.Args) != 4 {
		log.Fatal("usage: main FEED-URL VKEY TOKEN")
	}
	http.DefaultTransport.(*http.Transport).RegisterProtocol("file",
		http.NewFileTransport(http.Dir("/")))
	feed, token = os.Args[1], os.Args[3]
	tree := checkpoint(os.Args[2])
	reader := tlog.TileHashReader(tree, tiles{})
	for first := int64(0); first < tree.N; first += 256 {
		width := tree.N - first
		if width > 256 {
			width = 256
		}
		var indexes []int64
		for i := first; i < first+width; i++ {
			indexes = append(indexes, tlog.StoredHashIndex(0, i))
		}
		hashes, err := reader.ReadHashes(indexes)
		if err != nil {
			log.Fatal(err)
		}
		for i, entry := range entries(first/256, int(width)) {
			if tlog.RecordHash(entry) != hashes[i] {
				log.Fatalf("entry %d is not what the tree holds", first+int64(i))
			}
			os.Stdout.Write(entry)
		}
	}
	fmt.Fprintf(os.Stderr, "%d entries\n", tree.N)
}
