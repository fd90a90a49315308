"""The file formats whose tags can be written."""

from __future__ import annotations

import mutagen
from mutagen.aiff import AIFF
from mutagen.asf import ASF
from mutagen.flac import FLAC
from mutagen.monkeysaudio import MonkeysAudio
from mutagen.mp3 import MP3
from mutagen.mp4 import MP4
from mutagen.musepack import Musepack
from mutagen.oggflac import OggFLAC
from mutagen.oggopus import OggOpus
from mutagen.oggvorbis import OggVorbis
from mutagen.wave import WAVE
from mutagen.wavpack import WavPack

from tonearm.tags import wav_sizes
from tonearm.tags.ape import Ape
from tonearm.tags.asf import Attributes
from tonearm.tags.error import TagError, failing_in_our_words
from tonearm.tags.id3 import Id3
from tonearm.tags.mp4 import Atoms
from tonearm.tags.tags import Tags
from tonearm.tags.vorbis import OpusComments, VorbisComments

_KINDS = (MP3, WAVE, AIFF, FLAC, OggVorbis, OggFLAC, OggOpus, MP4, WavPack, Musepack, MonkeysAudio, ASF)


def opened(path: str) -> Tags:
    """Open the tags of a file; its content and name decide the format. Raises TagError and OSError."""
    with failing_in_our_words("read"):
        if streamed := wav_sizes.beginning(path):
            return Id3(streamed, WAVE)
        match mutagen.File(path, options=_KINDS):
            case MP3() | WAVE() | AIFF() as file:
                return Id3(path, type(file))
            case OggOpus():
                return OpusComments(path, OggOpus)
            case FLAC() | OggVorbis() | OggFLAC() as file:
                return VorbisComments(path, type(file))
            case MP4():
                return Atoms(path)
            case WavPack() | Musepack() | MonkeysAudio() as file:
                return Ape(path, type(file))
            case ASF():
                return Attributes(path)
    raise TagError(
        "Tags can be written to MP3, WAV, AIFF, FLAC, Ogg Vorbis, Opus, M4A, WMA, WavPack, Musepack and Monkey's Audio "
        "files only."
    )
