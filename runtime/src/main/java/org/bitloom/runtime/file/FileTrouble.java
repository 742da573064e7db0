package org.bitloom.runtime.file;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;

/** Tells a person what is wrong with a file, for messages of the Java library are often its name alone. */
public final class FileTrouble {
  private FileTrouble() {
  }

  /** The file, where it is known, and what is wrong with it. */
  public static String told(IOException e) {
    return switch (e) {
      case NoSuchFileException missing -> missing.getFile() + ": no such file or folder";
      case AccessDeniedException denied -> denied.getFile() + ": permission denied";
      case NotDirectoryException file -> file.getFile() + ": is no folder";
      case FileAlreadyExistsException there -> there.getFile() + ": exists already";
      case DirectoryNotEmptyException full -> full.getFile() + ": is not empty";
      case FileSystemLoopException loop -> loop.getFile() + ": its links lead nowhere";
      case FileSystemException other -> String.valueOf(other.getMessage());
      case CharacterCodingException _ -> "is no text in UTF-8";
      default -> String.valueOf(e.getMessage());
    };
  }
}
