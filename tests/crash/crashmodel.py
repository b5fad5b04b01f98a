# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The kvmtune authors
"""What a disk may hold after a power cut.

A Disk replays an operation trace and keeps, for every file and folder, what is certainly on the
disk (its durable state) and which later operations are pending.  states() then yields the trees
that a power cut right now may leave behind.  The rules, no stronger than POSIX and close to what
Linux does:

- File data: every 512-byte sector holds the content after any number of the pending writes to it,
  but in their order (the page cache does not go back in time).  The size is any of the sizes it had
  since the last sync, or a sector boundary on the way there; a sector that is inside the size and
  was not written reads as zeros.  A shrinking truncation separates: what came after it on the
  sectors that it cut off is there only when it is there too.
- Names: every pending create, rename, link and unlink is there or not, independently, but for one
  rule: operations on the same name keep their order.  A rename is atomic.
- Mode, owner and extended attributes: each as after any number of its pending changes.
- fsync(file) makes data and attributes durable and not the name; fdatasync only the data;
  fsync(folder) its names.  With ext4=True any fsync makes all earlier name changes durable, these
  persist in order, and a rename carries the data of its file with it.
"""

import base64
import itertools
import json
import os
import random
import stat

SECTOR = 512
# More contents of one file than this are sampled.
MAX_VARIANTS = 256
# More pending name changes than this are sampled (2^12 subsets).
MAX_NAME_OPS = 12


class TraceError(Exception):
    """The trace holds something that this model cannot judge."""


class Inode:
    """A file, folder or symbolic link: what is durable, what is pending, what a reader sees now."""

    def __init__(self, kind, attrs, content=b"", target=None):
        self.kind = kind
        self.target = target
        self.attrs, self.attrs_now = dict(attrs), dict(attrs)
        self.attr_ops = []
        self.content, self.now = content, content
        self.data_ops = []
        self.entries, self.entries_now = {}, {}
        self.cached_variants = None

    def write(self, offset, data):
        now = self.now.ljust(offset, b"\0")
        self.now = now[:offset] + data + now[offset + len(data):]
        self._add(("write", offset, data))

    def truncate(self, size):
        if size != len(self.now):
            self.now = self.now[:size].ljust(size, b"\0")
            self._add(("truncate", size, b""))

    def _add(self, op):
        self.data_ops.append(op)
        self.cached_variants = None

    def set_attr(self, key, value):
        if self.attrs_now.get(key) != value:
            self.attrs_now[key] = value
            self.attr_ops.append((key, value))

    def sync_data(self):
        self.content, self.data_ops, self.cached_variants = self.now, [], None

    def sync_attrs(self):
        self.attrs, self.attr_ops = dict(self.attrs_now), []

    def data_variants(self, rng):
        """Possible contents, the complete one first."""
        if not self.data_ops:
            return [self.content]
        if self.cached_variants is None:
            self.cached_variants = content_variants(self.content, self.data_ops, rng)
        return self.cached_variants

    def attr_variants(self):
        """Possible attributes, the complete ones first."""
        per_key = {}
        for key, value in self.attr_ops:
            per_key.setdefault(key, [self.attrs.get(key)]).append(value)
        if not per_key:
            return [self.attrs]
        return [{**self.attrs, **dict(zip(per_key, values))}
                for values in itertools.product(*(reversed(v) for v in per_key.values()))]


def shrinks(ops, size):
    """Indices of the truncations that cut something off, starting from a file of `size` bytes."""
    found = []
    for i, (kind, at, data) in enumerate(ops):
        if kind == "truncate" and at < size:
            found.append(i)
        size = at if kind == "truncate" else max(size, at + len(data))
    return found


def sector_histories(base, ops):
    """For every sector that is touched: [(index of operation, 512 bytes)], oldest first."""
    histories = {}
    now = base
    for i, (kind, at, data) in enumerate(ops):
        before = now
        if kind == "truncate":
            now = now[:at].ljust(at, b"\0")
            touched = range(at // SECTOR, -(-len(before) // SECTOR)) if at < len(before) else ()
        else:
            now = now.ljust(at, b"\0")
            now = now[:at] + data + now[at + len(data):]
            touched = range(at // SECTOR, -(-(at + len(data)) // SECTOR))
        for s in touched:
            old = base[s * SECTOR:(s + 1) * SECTOR].ljust(SECTOR, b"\0")
            new = now[s * SECTOR:(s + 1) * SECTOR].ljust(SECTOR, b"\0")
            histories.setdefault(s, [(-1, old)]).append((i, new))
    return histories


def size_choices(base, ops, first, last):
    """Sizes after operations first..last (-1: before all), and the sector boundaries between,
    newest first."""
    sizes = [len(base)]
    for kind, at, data in ops:
        sizes.append(at if kind == "truncate" else max(sizes[-1], at + len(data)))
    chosen = sizes[first + 1:last + 2]
    found = {chosen[-1]: None}
    for old, new in reversed(list(zip(chosen, chosen[1:]))):
        found.update(dict.fromkeys(range((new - 1) // SECTOR * SECTOR, old, -SECTOR)))
        found[old] = None
    return list(found)


def pick_products(dims, limit, rng):
    """All of the product of `dims` when it is small; else telling corners and a random sample.
    Also says which it was."""
    total = 1
    for dim in dims:
        total *= len(dim)
    if total <= limit:
        return list(itertools.product(*dims)), True
    newest, oldest = [d[0] for d in dims], [d[-1] for d in dims]
    picked = [tuple(newest), tuple(oldest)]
    for i, dim in enumerate(dims):
        picked.append(tuple(newest[:i] + oldest[i:]))
        picked.append(tuple(oldest[:i] + newest[i:]))
        for choice in dim[:8]:
            picked.append(tuple(newest[:i] + [choice] + newest[i + 1:]))
            picked.append(tuple(oldest[:i] + [choice] + oldest[i + 1:]))
    corners = picked[:limit // 2]
    rest = [tuple(rng.choice(d) for d in dims) for _ in range(limit - len(corners))]
    return corners + rest, False


def content_variants(base, ops, rng):
    """Contents that the file may have when none of `ops` is synced; the complete one first."""
    histories = sector_histories(base, ops)
    cuts = shrinks(ops, len(base))
    found = {}
    # Newest epoch first: the truncation at `cuts[e - 1]` is there, the one at `cuts[e]` is not.
    for e in range(len(cuts), -1, -1):
        done, missing = cuts[:e], cuts[e:]
        first = done[-1] if done else -1
        last = missing[0] - 1 if missing else len(ops) - 1
        sizes = size_choices(base, ops, first, last)
        dims, sectors = [sizes], sorted(histories)
        for s in sectors:
            touched = {i for i, _ in histories[s]}
            floor = max((c for c in done if c in touched), default=-1)
            ceiling = min((c for c in missing if c in touched), default=len(ops))
            dims.append([data for i, data in reversed(histories[s]) if floor <= i < ceiling])
        for size, *chosen in pick_products(dims, MAX_VARIANTS, rng)[0]:
            found[assemble(base, size, sectors, chosen)] = None
            if len(found) >= MAX_VARIANTS:
                return list(found)
    return list(found)


def assemble(base, size, sectors, chosen):
    """The content of `size` bytes with the chosen versions of the sectors that were touched."""
    content = bytearray(base[:size].ljust(size, b"\0"))
    for s, data in zip(sectors, chosen):
        if s * SECTOR < size:
            content[s * SECTOR:(s + 1) * SECTOR] = data[:size - s * SECTOR]
    return bytes(content)


class NameOp:
    """Assignments (folder, name, inode or None) that are on the disk together or not at all."""

    def __init__(self, text, assignments):
        self.text = text
        self.assignments = assignments
        self.keys = {(folder, name) for folder, name, _ in assignments}
        self.unsynced = {folder for folder, _, _ in assignments}


def closed_subsets(ops, required, rng, in_order):
    """Subsets of name operations that keep the order of those on the same name, the complete one
    first, and whether these are all.  `required` is in every one."""
    n = len(ops)
    if in_order:
        least = ops.index(required) + 1 if required else 0
        return [tuple(range(k)) for k in range(n, least - 1, -1)], True
    needs = [[j for j in range(i) if ops[i].keys & ops[j].keys] for i in range(n)]

    def close(chosen):
        chosen = set(chosen)
        for i in range(n - 1, -1, -1):
            if i in chosen:
                chosen.update(needs[i])
        return tuple(sorted(chosen))

    must = close([ops.index(required)]) if required else ()
    if n <= MAX_NAME_OPS:
        every = (close(set(must) | {i for i in range(n) if mask >> i & 1})
                 for mask in range(2 ** n - 1, -1, -1))
        return list(dict.fromkeys(every)), True
    found = [tuple(range(n))]
    found += [close(set(range(k)) | set(must)) for k in range(n)]
    found += [close({i} | set(must)) for i in range(n)]
    found += [close(set(must) | {j for j in range(n) if i not in needs[j] and j != i})
              for i in range(n)]
    for _ in range(2 ** MAX_NAME_OPS - len(found)):
        found.append(close(set(must) | {i for i in range(n) if rng.random() < 0.5}))
    return list(dict.fromkeys(found)), False


def read_trace(path):
    """Operations of a trace, strings and data decoded, each with its place in the file."""
    def text(value):
        return os.fsdecode(value.encode("latin-1"))

    with open(path, encoding="ascii") as file:
        for number, line in enumerate(file, 1):
            op = json.loads(line)
            op["line"] = number
            for key in ("path", "to", "target", "name"):
                if key in op:
                    op[key] = text(op[key])
            if "data" in op:
                op["bytes"] = base64.b64decode(op["data"])
            yield op


def load_image(folder, inodes=None):
    """The tree below a real folder, all of it durable."""
    inodes = {} if inodes is None else inodes
    st = os.lstat(folder)
    key = (st.st_dev, st.st_ino)
    if key in inodes:
        return inodes[key]
    attrs = {"mode": stat.S_IMODE(st.st_mode), "uid": st.st_uid, "gid": st.st_gid}
    if stat.S_ISLNK(st.st_mode):
        return Inode("symlink", attrs, target=os.readlink(folder))
    for name in os.listxattr(folder):
        attrs["xattr " + name] = os.getxattr(folder, name)
    if stat.S_ISDIR(st.st_mode):
        inode = Inode("dir", attrs)
        for name in sorted(os.listdir(folder)):
            inode.entries[name] = load_image(os.path.join(folder, name), inodes)
        inode.entries_now = dict(inode.entries)
    elif stat.S_ISREG(st.st_mode):
        with open(folder, "rb") as file:
            inode = Inode("file", attrs, file.read())
    else:
        raise TraceError(f"'{folder}' is neither file, folder nor symbolic link")
    inodes[key] = inode
    return inode


class Disk:
    """Trees under test.  `roots`: absolute path in the trace -> Inode of the folder there."""

    def __init__(self, roots, ext4=False, seed=1):
        self.roots = roots
        self.ext4 = ext4
        self.rng = random.Random(seed)
        self.by_ino = {}
        self.name_ops = []
        self.files = set()
        for root in roots.values():
            self._add_files(root)

    def _add_files(self, inode):
        if inode not in self.files:
            self.files.add(inode)
            for child in inode.entries.values():
                self._add_files(child)

    # Finding things in the tree as the running program sees it.

    def _walk(self, path):
        """(folder, name) of a path; (root, '') for the root of a tree; None outside all trees."""
        for prefix, root in self.roots.items():
            if path == prefix:
                return root, ""
            if not path.startswith(prefix.rstrip("/") + "/"):
                continue
            *parents, name = path[len(prefix.rstrip("/")) + 1:].split("/")
            folder = root
            for parent in parents:
                folder = folder.entries_now.get(parent)
                if folder is None or folder.kind != "dir":
                    raise TraceError(f"'{path}' lies in a folder that the image does not have")
            return folder, name
        return None

    def _inode(self, op, path=None):
        """The file that an operation is about, or None when it is out of reach for good."""
        inode = self.by_ino.get(op.get("ino"))
        if inode is not None:
            return inode
        path = path or op["path"]
        if path.endswith(" (deleted)"):
            return None
        place = self._walk(path)
        if place is None:
            raise TraceError(f"'{path}' lies outside the traced folders")
        inode = place[0] if not place[1] else place[0].entries_now.get(place[1])
        if inode is None:
            raise TraceError(f"'{path}' is not in the image")
        if inode.kind == "symlink" and op["op"] not in ("rename", "link"):
            return self._inode({"op": op["op"]},
                               os.path.normpath(os.path.join(os.path.dirname(path), inode.target)))
        if "ino" in op:
            self.by_ino[op["ino"]] = inode
        return inode

    def _name(self, text, assignments):
        op = NameOp(text, assignments)
        for folder, name, inode in assignments:
            if inode is None:
                folder.entries_now.pop(name, None)
            else:
                folder.entries_now[name] = inode
        self.name_ops.append(op)
        return op

    def _create(self, op, kind, path=None, **more):
        attrs = {key: op[key] for key in ("mode", "uid", "gid")}
        inode = Inode(kind, attrs, **more)
        self.by_ino[op["ino"]] = inode
        self.files.add(inode)
        if path is None:
            return None
        folder, name = self._walk(path)
        return self._name(f"{op['op']} {path}", [(folder, name, inode)])

    # Operations.  Each returns what it has changed: a NameOp, an Inode, "all" or None.

    def apply(self, op):
        handler = getattr(self, "_op_" + op["op"], None)
        if handler is None:
            raise TraceError(f"cannot model {op.get('call', op['op'])} on '{op.get('path')}'")
        return handler(op)

    def _op_open(self, op):
        if op.get("unnamed"):
            return self._create(op, "file")
        if op.get("created"):
            return self._create(op, "file", op["path"])
        inode = self._inode(op)
        if inode is not None:
            inode.truncate(0)
        return inode

    def _op_mknod(self, op):
        return self._create(op, "file", op["path"])

    def _op_mkdir(self, op):
        return self._create(op, "dir", op["path"])

    def _op_symlink(self, op):
        return self._create(op, "symlink", op["path"], target=op["target"])

    def _op_write(self, op):
        inode = self._inode(op)
        if inode is None:
            return None
        inode.write(op["offset"], op["bytes"])
        if op.get("synced"):
            inode.sync_data()
            return "all"
        return inode

    def _op_truncate(self, op):
        inode = self._inode(op)
        if inode is not None:
            inode.truncate(op["size"])
        return inode

    def _op_rename(self, op):
        source, target = self._walk(op["path"]), self._walk(op["to"])
        if source is None or op["path"].endswith(" (deleted)"):
            raise TraceError(f"'{op['path']}' is renamed into the tree from outside")
        moved = self._inode({"op": "rename", "path": op["path"], "ino": op.get("ino")})
        if target is None:
            return self._name(f"rename {op['path']} away", [(*source, None)])
        replaced = target[0].entries_now.get(target[1])
        if replaced is moved:
            return None
        if self.ext4 and replaced is not None:
            moved.sync_data()
        back = replaced if op.get("exchange") else None
        return self._name(f"rename {op['path']} to {op['to']}", [(*source, back), (*target, moved)])

    def _op_link(self, op):
        inode = self._inode(op)
        folder, name = self._walk(op["to"])
        return self._name(f"link {op['to']}", [(folder, name, inode)])

    def _op_unlink(self, op):
        folder, name = self._walk(op["path"])
        return self._name(f"unlink {op['path']}", [(folder, name, None)])

    def _op_attr(self, op):
        inode = self._inode(op)
        if inode is not None:
            for key in ("mode", "uid", "gid"):
                inode.set_attr(key, op[key])
        return inode

    def _op_setxattr(self, op):
        inode = self._inode(op)
        if inode is not None:
            inode.set_attr("xattr " + op["name"], op.get("bytes"))
        return inode

    def _op_removexattr(self, op):
        return self._op_setxattr(op)

    def _op_fsync(self, op):
        inode = self._inode(op)
        if inode is not None:
            inode.sync_data()
            inode.sync_attrs()
            self._sync_names(None if self.ext4 else inode)

    def _op_fdatasync(self, op):
        inode = self._inode(op)
        if inode is not None:
            inode.sync_data()
            self._sync_names(None if self.ext4 else inode)

    def _op_sync(self, op):
        for inode in self.files:
            inode.sync_data()
            inode.sync_attrs()
        self._sync_names(None)

    def _op_close(self, op):
        return None

    _op_dup = _op_close

    def _sync_names(self, folder):
        """Makes name changes durable: those of one folder, or all; and those they build on."""
        durable, keys = [], set()
        for op in reversed(self.name_ops):
            op.unsynced.discard(folder)
            if folder is None or not op.unsynced or op.keys & keys:
                durable.append(op)
                keys |= op.keys
        for op in reversed(durable):
            assign(op, lambda inode: inode.entries)
        self.name_ops = [op for op in self.name_ops if op not in durable]

    def make_durable(self, changed):
        """For places that a power cut does not reach: what has just been changed stays."""
        if isinstance(changed, Inode):
            changed.sync_data()
            changed.sync_attrs()
        elif isinstance(changed, NameOp):
            changed.unsynced.clear()
            self._sync_names(changed)

    # States.

    def states(self, changed, limit, before=None):
        """States after a power cut now, as far as the last operation makes them new.

        `changed`: what apply() returned; "all" yields every state.  `before`: the contents that the
        changed file could have had before.  Yields (State, whether all were listed)."""
        required = changed if isinstance(changed, NameOp) else None
        subsets, complete = closed_subsets(self.name_ops, required, self.rng, self.ext4)
        if len(subsets) > limit // 2:
            middle = self.rng.sample(subsets[1:-1], limit // 2 - 2)
            subsets, complete = [subsets[0], subsets[-1]] + middle, False
        left = limit
        for n, subset in enumerate(subsets):
            folders = self._folders([self.name_ops[i] for i in subset])
            pending = [i for i in self._reachable(folders) if i.data_ops or i.attr_ops]
            dims = []
            for inode in pending:
                contents = inode.data_variants(self.rng)
                if inode is changed and before is not None and len(contents) > 1:
                    contents = [c for c in contents if c not in before] or contents
                dims.append(list(itertools.product(contents, inode.attr_variants())))
            share = max(left // (len(subsets) - n), 2)
            picks, whole = pick_products(dims, share, self.rng)
            left -= len(picks)
            lost = [op.text for i, op in enumerate(self.name_ops) if i not in subset]
            for pick in picks:
                yield State(self, folders, dict(zip(pending, pick)), lost), complete and whole

    def _folders(self, ops):
        """Entries of the folders that pending operations change, as copies."""
        folders = {f: dict(f.entries) for op in self.name_ops for f, _, _ in op.assignments}
        for op in ops:
            assign(op, folders.__getitem__)
        return folders

    def _reachable(self, folders):
        """Every inode that has a name, each once, in the order of a walk."""
        seen, queue = {}, list(self.roots.values())
        while queue:
            inode = queue.pop()
            if inode not in seen:
                seen[inode] = None
                queue.extend(folders.get(inode, inode.entries).values())
        return list(seen)


def assign(op, entries_of):
    for folder, name, inode in op.assignments:
        if inode is None:
            entries_of(folder).pop(name, None)
        else:
            entries_of(folder)[name] = inode


class State:
    """One tree that a power cut may leave."""

    def __init__(self, disk, folders, choices, lost):
        self.lost = lost
        self.latest = {i: (i.now, len(i.data_ops), i.attrs_now.copy()) for i in choices}
        # {(root path, relative path): (inode, content, attributes)}, parents before children.
        self.tree = {}
        for prefix, root in disk.roots.items():
            self._add(folders, choices, prefix, "", root)

    def _add(self, folders, choices, prefix, path, inode):
        content, attrs = choices.get(inode, (inode.content, inode.attrs))
        self.tree[prefix, path] = (inode, content, attrs)
        for name, child in sorted(folders.get(inode, inode.entries).items()):
            self._add(folders, choices, prefix, f"{path}/{name}" if path else name, child)

    def describe(self):
        """Lines that say how this state differs from nothing lost."""
        lines = [f"lost: {text}" for text in self.lost]
        for (_, path), (inode, content, attrs) in self.tree.items():
            now, n_ops, attrs_now = self.latest.get(inode, (content, 0, attrs))
            if content != now:
                right = len(os.path.commonprefix([content, now]))
                lines.append(f"torn: {path}: {len(content)} of {len(now)} bytes, the first {right} "
                             f"right ({n_ops} changes not synced)")
            lines += [f"lost: {key} of {path}" for key in attrs_now
                      if attrs.get(key) != attrs_now[key]]
        return lines or ["nothing lost"]
